-- The registry that a quarter stood under at a moment; before it was opened, the first one.
SELECT coalesce(arg_max(r.registry, r.since) FILTER (r.since <= $moment), arg_min(r.registry, r.since), q.registry) AS registry
FROM quarters q
LEFT JOIN quarter_rules r USING (quarter)
WHERE q.quarter = $quarter
GROUP BY q.registry
