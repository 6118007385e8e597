SELECT file, tab, sheet, key, item, field, address, typed AS value
FROM owed_entries
ANTI JOIN owed_items USING (reporter, item)
WHERE tab = 'projects' AND field = 'item' AND state = 'value'
