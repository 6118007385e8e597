-- 指标完成情况: one row per measure; each quarter's own figure, and where the year stands against target and schedule.
SELECT m.item, m.measure, m.title, m.unit, m.figures, m.aggregate, m.target, coalesce(v.decimals, 2) AS decimals,
       p.q1, p.q2, p.q3, p.q4, p.present, l.value, exact_ratio(l.value, m.target) AS completion,
       CASE WHEN m.target IS NOT NULL THEN share_due(m.schedule, scope.quarter, m.target_by) END AS schedule,
       due_figure(m.target, share_due(m.schedule, scope.quarter, m.target_by)) AS due,
       l.light, l.computed, l.formula, p.reported, p.owed, coalesce(w.missing, '') AS missing
FROM scope
JOIN measures m USING (registry)
JOIN lights l ON l.publication = scope.publication AND l.scope = 'measure' AND l.subject = m.measure
JOIN (SELECT measure, max(value) FILTER (province.number = 1) AS q1, max(value) FILTER (province.number = 2) AS q2,
             max(value) FILTER (province.number = 3) AS q3, max(value) FILTER (province.number = 4) AS q4,
             max(value) FILTER (province.number = scope.number) AS present,
             arg_max(reported, province.number) AS reported, arg_max(owed, province.number) AS owed
      FROM province JOIN scope ON true GROUP BY measure) p ON p.measure = m.measure
LEFT JOIN (SELECT registry, measure, max(decimals) AS decimals FROM inputs WHERE part = 'value' GROUP BY ALL) v
    ON v.registry = m.registry AND v.measure = m.measure
LEFT JOIN (
    SELECT o.measure, string_agg(o.name, '、' ORDER BY o.place) AS missing
    FROM (SELECT w.measure, r.reporter, r.name, r.place
          FROM scope JOIN owed_measures w USING (registry) JOIN reporters r USING (registry, reporter)) o
    ANTI JOIN (SELECT f.measure, f.reporter FROM figures f JOIN scope ON f.number = scope.number
               WHERE f.edition = 'now' AND f.state <> 'blank') f USING (measure, reporter)
    GROUP BY o.measure) w ON w.measure = m.measure
ORDER BY m.place
