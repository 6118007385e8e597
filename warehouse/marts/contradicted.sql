-- The corrections that stop the publication: the value that they are of is not what stands.
SELECT c.number, r.name AS reporter, c.quarter, coalesce(i.title, t.title, '') AS title, c.key, c.accession, c.cell,
       value_read(c.old_state, c.old_number, c.old_text, i.unit) AS old,
       value_read(c.new_state, c.new_number, c.new_text, i.unit) AS new,
       CASE WHEN c.state = 'blank' AND c.typed <> '' THEN c.typed
            ELSE value_read(c.state, c.stands_number, c.text, i.unit) END AS stands
FROM scope
JOIN corrections c ON c.edition = 'now' AND c.outcome = 'contradicted'
JOIN reporters r ON r.registry = scope.registry AND r.reporter = c.reporter
LEFT JOIN inputs i ON i.registry = scope.registry AND c.tab = 'inputs' AND i.input = c.key
LEFT JOIN items t ON t.registry = scope.registry AND c.tab = 'progress' AND t.item::VARCHAR = c.key
ORDER BY c.number
