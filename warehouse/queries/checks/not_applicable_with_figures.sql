-- The item does not apply, and a figure of it was given.
SELECT file, tab, sheet, key, item, field, address, typed AS value
FROM owed_entries
JOIN statuses USING (file, item)
WHERE tab = 'inputs' AND field = 'value' AND state = 'value' AND status = 'not_applicable'
