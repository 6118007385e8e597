-- Keep the present quarter's lights with all that they were made of; the year's earlier ones follow from what is pinned.
INSERT INTO lights BY NAME
SELECT scope.publication, l.scope, l.item, l.subject, l.reporter, l.value, l.target, l.schedule,
       CASE WHEN l.scope <> 'deliverable' THEN scope.yellow_at END AS threshold, l.formula, l.judged, l.light, l.computed
FROM scope JOIN lit l USING (number)
ORDER BY l.scope, l.place, l.subject, l.order_of_reporter
