-- The reporter's own text of the quarter before, sent again.
SELECT e.file, e.tab, e.sheet, e.key, e.item, e.field, e.address, e.typed AS value,
    json_object(
        'previous_quarter', earlier.quarter, 'alike', shown(threshold('text_repeated', 'alike'), '%')
    ) AS details
FROM own_texts own
JOIN earlier_letters earlier USING (reporter, item)
JOIN owed_entries e USING (id)
WHERE length(own.text) >= threshold('text_repeated', 'least')
    AND length(earlier.text) >= threshold('text_repeated', 'least')
    AND CASE
        WHEN own.letters = earlier.letters THEN own.letters <> ''
        WHEN likely_alike(own.letters, earlier.letters, threshold('text_repeated', 'alike'))
            THEN likeness(in_ascii(own.letters), in_ascii(earlier.letters)) >= threshold('text_repeated', 'alike')
        ELSE false
    END
