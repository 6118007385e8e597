-- The province's lights, in the plan's order, with what they were made of.
SELECT l.scope, l.item, l.subject, coalesce(m.title, d.title, i.title) AS title, m.unit, m.figures, l.value, l.target, l.schedule,
       exact_ratio(l.value, l.target) AS completion, l.formula, l.judged, l.light, l.computed, p.reported, p.owed, d.due
FROM scope
JOIN lights l USING (publication)
JOIN items i ON i.registry = scope.registry AND i.item = l.item
LEFT JOIN measures m ON m.registry = scope.registry AND m.measure = l.subject AND l.scope = 'measure'
LEFT JOIN deliverables d ON d.registry = scope.registry AND d.deliverable = l.subject AND l.scope = 'deliverable'
LEFT JOIN province p ON p.measure = m.measure AND p.number = scope.number
WHERE l.scope IN ('item', 'measure', 'deliverable')
ORDER BY l.item, l.scope, m.place, l.subject
