-- 滞后清单: every red or yellow light that was computed, and every overdue state by a reporter's own word; the worst first, computed ones before.
-- The province's row is left out where one reporter alone stands behind it.
WITH behind AS (
    SELECT l.*, CASE WHEN l.scope IN ('measure', 'reporter_measure')
                     THEN exact_ratio(l.value, due_figure(l.target, l.schedule))
                     WHEN l.light = 'red' THEN 0 ELSE 0.9 END AS reached
    FROM lights l JOIN scope USING (publication)
    WHERE (l.computed AND l.light IN ('red', 'yellow') AND l.judged <> 'done' AND l.scope IN ('measure', 'deliverable', 'reporter_measure'))
       OR (NOT l.computed AND l.light = 'red' AND l.scope = 'reporter_item')
), alone AS (
    SELECT measure FROM scope JOIN owed_measures USING (registry) GROUP BY measure HAVING count(*) = 1
), leads AS (
    SELECT item, string_agg(name, '、' ORDER BY place) AS lead,
           string_agg(problems, chr(10) ORDER BY place) FILTER (problems <> '') AS problems,
           string_agg(next, chr(10) ORDER BY place) FILTER (next <> '') AS next,
           string_agg(explanation, chr(10) ORDER BY place) FILTER (explanation <> '') AS explanation,
           string_agg(accession, '、' ORDER BY place) AS accession
    FROM progress WHERE consolidates GROUP BY item
)
SELECT b.light, b.computed, b.item, i.title AS item_title,
       coalesce(m.title, d.title, '本项工作') AS subject, m.unit,
       CASE WHEN b.reporter = '' AND b.scope = 'measure' THEN '全省' WHEN b.reporter = '' THEN coalesce(s.lead, '') ELSE p.name END AS name,
       CASE WHEN b.reporter = '' THEN 'lead' ELSE p.role END AS role,
       b.value, b.target, exact_ratio(b.value, b.target) AS completion, b.schedule,
       CASE WHEN b.target IS NOT NULL THEN due_figure(b.target, b.schedule) - b.value END AS short,
       b.reached, b.formula, b.reporter, b.scope, b.subject AS code,
       coalesce(CASE WHEN b.reporter = '' THEN s.problems ELSE p.problems END, '') AS problems,
       coalesce(CASE WHEN b.reporter = '' THEN s.next ELSE p.next END, '') AS next,
       coalesce(CASE WHEN b.reporter = '' THEN s.explanation ELSE p.explanation END, '') AS explanation,
       coalesce(CASE WHEN b.reporter = '' THEN s.accession ELSE p.accession END, '') AS accession,
       coalesce(s.lead, '') AS lead
FROM scope
JOIN behind b ON true
JOIN items i ON i.registry = scope.registry AND i.item = b.item
LEFT JOIN measures m ON m.registry = scope.registry AND m.measure = b.subject AND b.scope IN ('measure', 'reporter_measure')
LEFT JOIN deliverables d ON d.registry = scope.registry AND d.deliverable = b.subject AND b.scope = 'deliverable'
LEFT JOIN progress p ON p.item = b.item AND p.reporter = b.reporter
LEFT JOIN leads s ON s.item = b.item
WHERE NOT (b.scope = 'measure' AND b.subject IN (SELECT measure FROM alone))
ORDER BY b.computed DESC, badness(b.light) DESC, b.reached, b.item, m.place, b.subject, p.place
