-- 项目台账: every project that an accepted submission of this quarter speaks of, with the row that it stands in.
WITH said AS (
    SELECT e.accession, e.key, any_value(e.row) AS row, any_value(e.sheet) AS sheet,
           max(e.number) FILTER (e.field = 'item')::INTEGER AS item,
           max(coalesce(e.text, e.typed)) FILTER (e.field = 'code') AS code,
           max(coalesce(e.text, e.typed)) FILTER (e.field = 'name') AS name,
           max(coalesce(e.text, e.typed)) FILTER (e.field = 'owner') AS owner,
           max(e.day) FILTER (e.field = 'due_on') AS due_on,
           max(e.number) FILTER (e.field = 'progress') AS progress,
           max(e.text) FILTER (e.field = 'status') AS status,
           max(coalesce(e.text, e.typed)) FILTER (e.field = 'done') AS done,
           max(coalesce(e.text, e.typed)) FILTER (e.field = 'explanation') AS explanation
    FROM told_entries e SEMI JOIN reporting r ON r.accession = e.accession AND r.piece = getvariable('piece')
    WHERE e.tab = 'projects'
    GROUP BY e.accession, e.key
), known AS (  -- of all years' projects
    SELECT w.accession, w.key, w.project, k.item, k.name
    FROM reporting r
    JOIN project_rows w USING (accession)
    JOIN projects k USING (project)
    WHERE r.piece = getvariable('piece')
)
SELECT coalesce(k.item, s.item) AS item, coalesce(i.title, '') AS item_title, coalesce(k.project, s.code, '') AS project,
       r.name AS reporter, coalesce(s.name, k.name, '') AS name, coalesce(s.owner, '') AS owner, s.due_on, s.progress,
       s.status, coalesce(s.due_on <= scope.ends AND coalesce(s.status, '') NOT IN ('done', 'closed')
                          AND coalesce(s.progress, 0) < 1, false) AS overdue,
       coalesce(s.done, '') AS done, coalesce(s.explanation, '') AS explanation, s.accession, s.sheet, s.row,
       r.place
FROM scope
JOIN said s ON true
JOIN reporting r ON r.accession = s.accession
LEFT JOIN known k ON k.accession = s.accession AND k.key = s.key
LEFT JOIN items i ON i.registry = scope.registry AND i.item = coalesce(k.item, s.item)
WHERE coalesce(s.name, '') <> '' OR k.project IS NOT NULL
