SELECT file, tab, sheet, key, item, field, address, typed AS value
FROM owed_entries
JOIN statuses USING (file, item)
WHERE tab = 'progress' AND field = 'done' AND state = 'value' AND status = 'not_started'
