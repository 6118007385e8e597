-- Declared not to apply. A figure's reason is the item's where the item does not apply either.
SELECT file, tab, sheet, key, item, field, address, '不适用' AS value
FROM owed_entries
LEFT JOIN statuses USING (file, item)
WHERE tab = 'progress' AND field = 'status' AND status = 'not_applicable'
    OR tab = 'inputs' AND field = 'value' AND state = 'not_applicable' AND status IS DISTINCT FROM 'not_applicable'
