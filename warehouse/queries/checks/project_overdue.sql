-- Due by the end of the quarter, as the publication counts it, and not finished. The day of receipt does not matter: the
-- return speaks of the quarter, and sending it again a week later must not raise another doubt.
SELECT e.file, e.tab, e.sheet, e.key, e.item, e.field, e.address, e.day::VARCHAR AS value,
    json_object('ends', ends::VARCHAR) AS details
FROM scope, owed_entries e
JOIN found_projects found USING (file, key)
WHERE e.tab = 'projects' AND e.field = 'due_on' AND e.day <= ends AND found.status IN ('not_started', 'under_way')
    AND coalesce(found.progress, 0) < 1
