-- The whole progress is a phrase that would do for any item.
SELECT file, tab, sheet, key, item, field, address, trim(typed) AS value
FROM owed_entries
JOIN statuses USING (file, item)
WHERE tab = 'progress' AND field = 'done' AND state = 'value' AND status IN ('under_way', 'done')
    AND phrase(typed) IN (SELECT word FROM empty_words)
