-- The light of every measure, of the province and of each reporter with a target of its own (or a figure: then grey).
INSERT INTO lights
SELECT scope.publication, j.scope, j.item, j.measure, j.reporter, j.value, j.target,
       CASE WHEN j.target IS NOT NULL THEN j.share END, scope.yellow_at,
       light_formula(j.value, j.target, j.share, scope.yellow_at, j.unit),
       light_of(j.value, j.target, j.share, scope.yellow_at), true
FROM scope
JOIN (
    SELECT 'measure' AS scope, m.item, m.measure, m.place, '' AS reporter, 0 AS order_of_reporter, p.stood AS value, m.target,
           m.unit, share_due(m.schedule, scope.quarter, m.target_by) AS share
    FROM scope
    JOIN measures m USING (registry)
    JOIN province p ON p.measure = m.measure AND p.number = scope.number
    UNION ALL
    SELECT 'reporter_measure', m.item, m.measure, m.place, o.reporter, r.place, s.value, t.target,
           m.unit, share_due(m.schedule, scope.quarter, m.target_by)
    FROM scope
    JOIN measures m USING (registry)
    JOIN (SELECT DISTINCT i.registry, i.measure, o.reporter FROM inputs i JOIN owed_inputs o USING (registry, input)) o
        USING (registry, measure)
    JOIN reporters r USING (registry, reporter)
    LEFT JOIN standing s ON s.edition = 'now' AND s.measure = m.measure AND s.reporter = o.reporter
    LEFT JOIN targets t ON t.registry = m.registry AND t.measure = m.measure AND t.reporter = o.reporter
    WHERE s.value IS NOT NULL OR t.target IS NOT NULL
) j ON true
ORDER BY j.scope, j.place, j.order_of_reporter
