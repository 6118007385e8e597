-- Targets of reporters and dates of deliverables that are not those of what the publication is compared with.
SELECT c.comparison, m.item, m.title, m.unit, r.name AS reporter, b.target AS target_then, n.target AS target_now,
       NULL AS due_then, NULL AS due_now, m.place, r.place AS reporter_place
FROM scope
JOIN comparisons c ON c.registry <> scope.registry
JOIN measures m ON m.registry = scope.registry
JOIN measures o ON o.registry = c.registry AND o.measure = m.measure
JOIN reporters r ON r.registry = scope.registry
LEFT JOIN (FROM targets SEMI JOIN scope USING (registry)) n ON n.measure = m.measure AND n.reporter = r.reporter
LEFT JOIN (FROM targets SEMI JOIN comparisons USING (registry)) b ON b.registry = c.registry AND b.measure = m.measure AND b.reporter = r.reporter
WHERE n.target IS DISTINCT FROM b.target
UNION ALL
SELECT c.comparison, coalesce(n.item, b.item), coalesce(n.title, b.title), NULL, '', NULL, NULL, b.due, n.due, NULL, NULL
FROM scope
JOIN comparisons c ON c.registry <> scope.registry
JOIN (SELECT DISTINCT registry, deliverable FROM deliverables) k ON k.registry IN (c.registry, scope.registry)
LEFT JOIN deliverables n ON n.registry = scope.registry AND n.deliverable = k.deliverable
LEFT JOIN deliverables b ON b.registry = c.registry AND b.deliverable = k.deliverable
WHERE n.due IS DISTINCT FROM b.due AND (k.registry = scope.registry OR n.deliverable IS NULL)
ORDER BY comparison, item, place NULLS LAST, reporter_place, title
