-- The measures of each publication that is compared with, beside those of now: what each was, and is.
SELECT c.comparison, coalesce(n.measure, b.measure) AS measure, coalesce(n.item, b.item) AS item,
       coalesce(n.title, b.title) AS title, n.measure IS NOT NULL AS now, b.measure IS NOT NULL AS then,
       b.unit AS unit_then, n.unit AS unit_now, b.aggregate AS aggregate_then, n.aggregate AS aggregate_now,
       b.figures AS figures_then, n.figures AS figures_now, b.reference AS reference_then, n.reference AS reference_now,
       b.per AS per_then, n.per AS per_now, b.target AS target_then, n.target AS target_now,
       b.target_by AS target_by_then, n.target_by AS target_by_now, b.schedule AS schedule_then, n.schedule AS schedule_now,
       coalesce(d.decimals, 2) AS decimals
FROM scope
JOIN comparisons c ON true
JOIN (SELECT DISTINCT registry, measure FROM measures) k ON k.registry IN (c.registry, scope.registry)
LEFT JOIN measures n ON n.registry = scope.registry AND n.measure = k.measure
LEFT JOIN measures b ON b.registry = c.registry AND b.measure = k.measure
LEFT JOIN (SELECT registry, measure, max(decimals) AS decimals FROM inputs WHERE part = 'value' GROUP BY ALL) d
    ON d.registry = k.registry AND d.measure = k.measure
WHERE k.registry = scope.registry OR n.measure IS NULL
ORDER BY c.comparison, n.place NULLS LAST, b.place
