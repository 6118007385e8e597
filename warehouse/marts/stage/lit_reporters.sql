-- A reporter's light of an item, of this quarter: the worst of its own measures' and, where it answers for the item, of the
-- deliverables' by its own word; else its own state stands in, not computed.
INSERT INTO lit BY NAME
WITH own AS (
    SELECT item, reporter, max(badness(light)) AS worst, max(badness(judged)) AS worst_judged
    FROM lit JOIN scope USING (number)
    WHERE scope = 'reporter_measure'
    GROUP BY item, reporter
), judged AS (
    SELECT w.number, w.item, w.reporter, d.deliverable, q.quarter, d.due,
           CASE WHEN w.status IS NULL OR w.status = 'not_applicable' THEN 'grey'
                WHEN w.status = 'done' THEN 'done'
                -- one state for several deliverables: see lit_deliverables
                WHEN d.others_to_come AND w.status = 'under_way' AND (q.quarter >= d.due OR w.expected_on > end_of(d.due)) THEN 'grey'
                WHEN q.quarter >= d.due THEN 'red'
                WHEN w.expected_on > end_of(d.due) THEN 'yellow'
                WHEN w.status = 'under_way' AND w.expected_on IS NOT NULL THEN 'green'
                ELSE 'grey' END AS judged
    FROM scope
    JOIN (SELECT *, due < max(due) OVER (PARTITION BY registry, item) AS others_to_come FROM deliverables) d USING (registry)
    JOIN words w ON w.item = d.item AND w.consolidates
    JOIN (SELECT n AS number, left(quarter, 5) || n AS quarter FROM scope, range(1, number + 1) r(n)) q ON q.number = w.number
), due_before AS (
    SELECT *, last_value(CASE WHEN quarter >= due AND judged <> 'grey' THEN judged END IGNORE NULLS) OVER before AS due_then
    FROM judged
    WINDOW before AS (PARTITION BY deliverable, reporter ORDER BY number ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
), delivered AS (
    SELECT item, reporter, max(badness(CASE WHEN made_up(judged, due_then) THEN 'yellow' ELSE judged END)) AS worst,
           max(badness(judged)) AS worst_judged
    FROM due_before JOIN scope USING (number)
    GROUP BY item, reporter
), worst AS (
    SELECT p.*, greatest(coalesce(o.worst, 0), coalesce(d.worst, 0)) AS worst,
           greatest(coalesce(o.worst_judged, 0), coalesce(d.worst_judged, 0)) AS worst_judged,
           badness(light_of_word(p.status, p.expected_on, scope.ends)) AS own_word
    FROM scope
    JOIN progress p ON true
    LEFT JOIN own o ON o.item = p.item AND o.reporter = p.reporter
    LEFT JOIN delivered d ON d.item = p.item AND d.reporter = p.reporter
)
SELECT scope.number, 'reporter_item' AS scope, w.item, '' AS subject, w.reporter, w.item AS place, w.place AS order_of_reporter,
       CASE WHEN w.worst > 0 THEN '取本单位可判断的指标和成果中最差者'
                                  || CASE WHEN w.worst = badness('yellow') AND w.worst_judged < w.worst THEN '；逾期后本季补齐的记黄灯' ELSE '' END
            WHEN w.state = 'missing' THEN '未报送'
            WHEN w.state = 'returned' THEN '退回修改中，未计入'
            WHEN w.state = 'set_aside' THEN '搁置待查，未计入'
            WHEN w.status IS NULL THEN '未填进展状态'
            ELSE '无可计算的指标，自报“' || status_read(w.status) || '”' END AS formula,
       light_at(coalesce(nullif(w.worst_judged, 0), w.own_word)) AS judged,
       light_at(coalesce(nullif(w.worst, 0), w.own_word)) AS light, w.worst > 0 AS computed,
       CASE WHEN greatest(w.worst, w.own_word) > 0 THEN '' WHEN w.status = 'not_applicable' THEN '不适用' ELSE '未报' END AS grey
FROM scope JOIN worst w ON true
