SELECT e.file, e.tab, e.sheet, e.key, e.item, e.field, e.address, e.day::VARCHAR AS value,
    json_object('previous', known.due_on::VARCHAR, 'previous_quarter', known.quarter) AS details
FROM owed_entries e
JOIN found_projects found USING (file, key)
JOIN known_projects known ON known.project = found.project
WHERE e.tab = 'projects' AND e.field = 'due_on' AND e.day <> known.due_on
