-- The reporter's own text of the quarter before, sent again.
SELECT e.file, e.tab, e.sheet, e.key, e.item, e.field, e.address, e.typed AS value,
    json_object(
        'previous_quarter', earlier.quarter, 'alike', shown(threshold('text_repeated', 'alike'), '%')
    ) AS details
FROM own_wordings own
JOIN earlier_texts earlier USING (reporter, item)
JOIN owed_entries e USING (id)
WHERE own.length >= threshold('text_repeated', 'least') AND earlier.length >= threshold('text_repeated', 'least')
    AND CASE
        WHEN own.digest = earlier.digest THEN true
        WHEN likely_alike(own.code, earlier.code, threshold('text_repeated', 'alike'))
            THEN likeness(own.code, earlier.code) >= threshold('text_repeated', 'alike')
        ELSE false
    END
