-- A phrase that says nothing does not contradict.
SELECT file, tab, sheet, key, item, field, address, typed AS value
FROM owed_entries
JOIN statuses USING (file, item)
WHERE tab = 'progress' AND field = 'done' AND state = 'value' AND status = 'not_started'
    AND phrase(typed) NOT IN (SELECT word FROM empty_words)
