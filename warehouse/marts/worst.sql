-- The items that are furthest behind, one row each: the measure or deliverable that makes them so, with who drags it down.
WITH judged AS (
    SELECT l.item, l.scope, l.subject, l.light, l.value, l.target, l.schedule, l.formula,
           CASE WHEN l.scope = 'measure' THEN exact_ratio(l.value, due_figure(l.target, l.schedule))
                WHEN l.light = 'red' THEN 0 ELSE 0.9 END AS reached
    FROM lights l JOIN scope USING (publication)
    WHERE l.computed AND l.light IN ('red', 'yellow') AND l.judged <> 'done' AND l.scope IN ('measure', 'deliverable')
), dragging AS (
    SELECT l.subject, list(r.name ORDER BY exact_ratio(l.value, due_figure(l.target, l.schedule)), r.place) AS names
    FROM lights l JOIN scope USING (publication)
    JOIN reporters r ON r.registry = scope.registry AND r.reporter = l.reporter
    WHERE l.scope = 'reporter_measure' AND l.light IN ('red', 'yellow') AND l.judged <> 'done'
    GROUP BY l.subject
)
SELECT j.item, i.title AS item_title, j.light, coalesce(m.title, d.title) AS subject, m.unit, j.value, j.target, j.schedule,
       exact_ratio(j.value, j.target) AS completion, d.due, coalesce(g.names, []) AS dragging
FROM (SELECT *, row_number() OVER (PARTITION BY item ORDER BY badness(light) DESC, reached, subject) AS nth FROM judged) j
JOIN scope ON true
JOIN items i ON i.registry = scope.registry AND i.item = j.item
LEFT JOIN measures m ON m.registry = scope.registry AND m.measure = j.subject AND j.scope = 'measure'
LEFT JOIN deliverables d ON d.registry = scope.registry AND d.deliverable = j.subject AND j.scope = 'deliverable'
LEFT JOIN dragging g ON g.subject = j.subject AND j.scope = 'measure'
WHERE j.nth = 1
ORDER BY badness(j.light) DESC, j.reached, j.item
LIMIT 5
