-- The light of every deliverable, judged by what those that answer for its item say of it: the province's over all of
-- them. Silence of all of them is nothing to judge by; silence of one is not done. An item has one state, so of several
-- deliverables with different dates it says only whether all are done: an earlier one that was begun is neither red nor
-- yellow while others are to come.
INSERT INTO lights
WITH judged AS (
    SELECT d.item, d.deliverable, d.due, end_of(d.due) AS due_on,
           d.due < max(d.due) OVER (PARTITION BY d.item) AS others_to_come,
           bool_or(p.status IN ('under_way', 'done')) AS begun,
           count(*) AS asked,
           count(p.status) FILTER (p.status <> 'not_applicable') AS told,
           count(*) FILTER (p.status = 'not_applicable') AS excused,
           count(*) FILTER (p.status = 'done') AS done,
           count(*) FILTER (p.status = 'under_way' AND p.expected_on IS NOT NULL) AS dated,
           max(p.expected_on) FILTER (p.status IN ('under_way', 'not_started')) AS expected_on,
           string_agg(p.name || '自报“' || status_read(p.status) || '”', '、' ORDER BY p.place) AS words
    FROM scope
    JOIN deliverables d USING (registry)
    JOIN progress p ON p.item = d.item AND p.consolidates
    GROUP BY d.item, d.deliverable, d.due
), lit AS (
    SELECT j.*,
           CASE WHEN j.told = 0 THEN 'grey'
                WHEN j.done = j.asked - j.excused THEN 'done'
                WHEN j.others_to_come AND j.begun AND (scope.quarter >= j.due OR j.expected_on > j.due_on) THEN 'grey'
                WHEN scope.quarter >= j.due THEN 'red'
                WHEN j.expected_on > j.due_on THEN 'yellow'
                WHEN j.dated > 0 AND j.dated + j.done = j.told THEN 'green'
                ELSE 'grey' END AS light
    FROM scope JOIN judged j ON true
)
SELECT scope.publication, 'deliverable', l.item, l.deliverable, '', NULL, NULL, NULL, NULL,
       coalesce(l.words, '牵头单位未报') || coalesce('，预计 ' || l.expected_on::VARCHAR || ' 完成', '')
       || '，期限 ' || l.due_on::VARCHAR
       || CASE l.light WHEN 'done' THEN '；已完成' WHEN 'red' THEN '；到期未完成' WHEN 'yellow' THEN '；预计晚于期限'
                       WHEN 'green' THEN '；预计按期'
                       ELSE CASE WHEN l.others_to_come AND l.begun THEN '；该项另有以后到期的成果，一个状态不足以判断'
                                 ELSE '；不足以判断' END END,
       l.light, true
FROM scope JOIN lit l ON true
ORDER BY l.item, l.deliverable
