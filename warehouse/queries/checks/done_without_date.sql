SELECT file, tab, sheet, key, item, field, address
FROM owed_entries
JOIN statuses USING (file, item)
WHERE tab = 'progress' AND field = 'expected_on' AND state = 'blank' AND status = 'done'
