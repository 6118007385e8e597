-- Every light of the staged edition, with the name of what it stands for: the province's first, then the reporters'.
SELECT l.scope, l.item, l.subject, coalesce(m.title, d.title, i.title) AS title, l.reporter,
       coalesce(r.name, '') AS name, l.light, l.computed, l.formula
FROM scope
JOIN lights l USING (publication)
JOIN items i ON i.registry = scope.registry AND i.item = l.item
LEFT JOIN measures m ON m.registry = scope.registry AND m.measure = l.subject AND l.scope IN ('measure', 'reporter_measure')
LEFT JOIN deliverables d ON d.registry = scope.registry AND d.deliverable = l.subject AND l.scope = 'deliverable'
LEFT JOIN reporters r ON r.registry = scope.registry AND r.reporter = l.reporter
ORDER BY r.place NULLS FIRST, l.item, l.scope, m.place, l.subject
