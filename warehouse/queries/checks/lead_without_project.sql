-- A lead breaks its item down. The row that can explain it is the item's.
SELECT e.file, e.tab, e.sheet, e.key, e.item, e.field, e.address
FROM owed_entries e
JOIN owed_items USING (reporter, item)
JOIN statuses USING (file, item)
WHERE role = 'lead' AND e.tab = 'progress' AND e.field = 'explanation' AND status <> 'not_applicable'
    AND NOT EXISTS (FROM found_projects found WHERE found.file = e.file AND found.item = e.item)
