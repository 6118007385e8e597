-- The lights of this and of the year's earlier quarters, as this publication has them. `judged` is what the figures say by
-- themselves; `light` is yellow instead of done in the quarter in which an overdue one was made up. `grey` says in a word
-- why there is nothing to judge by.
-- First those of measures: of the province, and of each reporter with a target of its own (or a figure: then grey).
CREATE OR REPLACE TEMP TABLE lit AS
WITH taken AS (
    SELECT p.number, 'measure' AS scope, m.item, m.measure, m.place, '' AS reporter, 0 AS order_of_reporter, p.stood AS value,
           m.target, m.target_by, m.unit, m.schedule,
           CASE WHEN m.target IS NULL AND m.target_by IS NOT NULL THEN '基数未定'
                WHEN m.target IS NULL THEN '未设目标'
                WHEN p.stood IS NOT NULL THEN ''
                WHEN p.reported = 0 THEN '未报数'
                WHEN p.counted = 0 THEN '不适用'
                ELSE '分母为 0' END AS grey
    FROM scope
    JOIN measures m USING (registry)
    JOIN province p USING (measure)
    UNION ALL
    SELECT n.number, 'reporter_measure', m.item, m.measure, m.place, o.reporter, r.place, s.value,
           t.target, m.target_by, m.unit, m.schedule,
           CASE WHEN t.target IS NULL THEN '未分解目标'
                WHEN s.value IS NOT NULL THEN ''
                WHEN g.state = 'missing' THEN '未报送'
                WHEN g.state = 'returned' THEN '退回修改中'
                WHEN g.state = 'set_aside' THEN '搁置待查'
                WHEN f.state = 'not_applicable' THEN '不适用'
                WHEN f.state = 'value' THEN '分母为 0'
                ELSE '未填' END
    FROM scope
    JOIN range(1, scope.number + 1) n(number) ON true
    JOIN measures m USING (registry)
    JOIN owed_measures o USING (registry, measure)
    JOIN reporters r USING (registry, reporter)
    LEFT JOIN standing s ON s.edition IN ('now', 'past') AND s.until = n.number AND s.measure = m.measure AND s.reporter = o.reporter
    LEFT JOIN (FROM targets SEMI JOIN scope USING (registry)) t USING (measure, reporter)
    LEFT JOIN reporting g ON g.reporter = o.reporter
    LEFT JOIN figures f ON f.edition = 'now' AND f.number = n.number AND f.measure = m.measure AND f.reporter = o.reporter
    WHERE (s.value IS NOT NULL OR t.target IS NOT NULL)
      -- of a reporter, earlier quarters only decide whether an overdue target was made up
      AND (n.number = scope.number OR m.target_by < scope.quarter)
), shared AS (
    SELECT t.*, left(scope.quarter, 5) || t.number AS quarter,
           share_due(t.schedule, left(scope.quarter, 5) || t.number, t.target_by) AS share
    FROM scope JOIN taken t ON true
), judged AS (
    SELECT s.*, light_of(s.value, s.target, s.share, scope.yellow_at) AS judged
    FROM scope JOIN shared s ON true
), due_before AS (
    SELECT *, last_value(CASE WHEN quarter >= target_by AND judged <> 'grey' THEN judged END IGNORE NULLS) OVER before AS due_then,
           last_value(CASE WHEN quarter >= target_by AND judged <> 'grey' THEN number END IGNORE NULLS) OVER before AS due_at
    FROM judged
    WINDOW before AS (PARTITION BY scope, measure, reporter ORDER BY number ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
)
SELECT d.number, d.scope, d.item, d.measure AS subject, d.reporter, d.place, d.order_of_reporter, d.value, d.target,
       CASE WHEN d.target IS NOT NULL THEN d.share END AS schedule,
       CASE WHEN d.judged = 'grey' THEN grey_read(d.grey)
            ELSE light_formula(d.value, d.target, d.share, scope.yellow_at, d.unit) END
       || CASE WHEN made_up(d.judged, d.due_then) THEN made_up_read(d.number, d.due_at) ELSE '' END AS formula,
       d.judged, CASE WHEN made_up(d.judged, d.due_then) THEN 'yellow' ELSE d.judged END AS light, true AS computed,
       CASE WHEN d.judged = 'grey' THEN d.grey ELSE '' END AS grey
FROM scope JOIN due_before d ON true
