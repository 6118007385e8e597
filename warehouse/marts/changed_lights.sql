-- The province's lights that are not those of what the publication is compared with, each with what it was made of.
SELECT c.comparison, l.scope, l.item, l.subject, coalesce(m.title, d.title, i.title) AS title, m.unit,
       b.light AS before_light, b.computed AS before_computed, l.light, l.computed, l.judged, b.value AS before_value, l.value,
       b.target AS before_target, l.target, b.schedule AS before_schedule, l.schedule, b.formula AS before_formula, l.formula,
       b.threshold AS before_threshold, l.threshold
FROM scope
JOIN comparisons c ON true
JOIN lights l ON l.publication = scope.publication AND l.reporter = ''
JOIN lights b ON b.publication = c.publication AND b.scope = l.scope AND b.item = l.item AND b.subject = l.subject AND b.reporter = ''
JOIN items i ON i.registry = scope.registry AND i.item = l.item
LEFT JOIN measures m ON m.registry = scope.registry AND m.measure = l.subject AND l.scope = 'measure'
LEFT JOIN deliverables d ON d.registry = scope.registry AND d.deliverable = l.subject AND l.scope = 'deliverable'
WHERE (l.light, l.computed) IS DISTINCT FROM (b.light, b.computed)
ORDER BY c.comparison, l.item, l.scope = 'item' DESC, l.scope, m.place, l.subject
