-- The lights of every deliverable, judged by what those that answer for its item say of it: the province's over all of
-- them. Silence of all of them is nothing to judge by; silence of one is not done. An item has one state, so of several
-- deliverables with different dates it says only whether all are done: an earlier one that was begun is neither red nor
-- yellow while others are to come.
INSERT INTO lit BY NAME
WITH said AS (
    SELECT w.number, left(scope.quarter, 5) || w.number AS quarter, d.item, d.deliverable, d.due, end_of(d.due) AS due_on,
           d.due < max(d.due) OVER (PARTITION BY d.item) AS others_to_come,
           bool_or(w.status IN ('under_way', 'done')) AS begun,
           count(*) AS asked,
           count(w.status) FILTER (w.status <> 'not_applicable') AS told,
           count(*) FILTER (w.status = 'not_applicable') AS excused,
           count(*) FILTER (w.status = 'done') AS done,
           count(*) FILTER (w.status = 'under_way' AND w.expected_on IS NOT NULL) AS dated,
           max(w.expected_on) FILTER (w.status IN ('under_way', 'not_started')) AS expected_on,
           string_agg(w.name || '自报“' || status_read(w.status) || '”', '、' ORDER BY w.place) AS words
    FROM scope
    JOIN deliverables d USING (registry)
    JOIN words w ON w.item = d.item AND w.consolidates
    GROUP BY w.number, scope.quarter, d.item, d.deliverable, d.due
), judged AS (
    SELECT *, CASE WHEN told = 0 THEN 'grey'
                   WHEN done = asked - excused THEN 'done'
                   WHEN others_to_come AND begun AND (quarter >= due OR expected_on > due_on) THEN 'grey'
                   WHEN quarter >= due THEN 'red'
                   WHEN expected_on > due_on THEN 'yellow'
                   WHEN dated > 0 AND dated + done = told THEN 'green'
                   ELSE 'grey' END AS judged
    FROM said
), due_before AS (
    SELECT *, last_value(CASE WHEN quarter >= due AND judged <> 'grey' THEN judged END IGNORE NULLS) OVER before AS due_then,
           last_value(CASE WHEN quarter >= due AND judged <> 'grey' THEN number END IGNORE NULLS) OVER before AS due_at,
           CASE WHEN judged <> 'grey' THEN ''
                WHEN told = 0 AND excused > 0 THEN '不适用'
                WHEN told = 0 THEN '牵头单位未报'
                WHEN others_to_come AND begun THEN '另有以后到期的成果'
                WHEN begun THEN '未写预计完成时间'
                ELSE '尚未启动' END AS grey
    FROM judged
    WINDOW before AS (PARTITION BY deliverable ORDER BY number ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
)
SELECT number, 'deliverable' AS scope, item, deliverable AS subject, '' AS reporter, 0 AS place, 0 AS order_of_reporter,
       coalesce(words, '牵头单位未报') || coalesce('，预计 ' || expected_on::VARCHAR || ' 完成', '')
       || '，期限 ' || due_on::VARCHAR
       || CASE judged WHEN 'done' THEN '；已完成' WHEN 'red' THEN '；到期未完成' WHEN 'yellow' THEN '；预计晚于期限'
                      WHEN 'green' THEN '；预计按期'
                      ELSE CASE grey WHEN '另有以后到期的成果' THEN '；该项另有以后到期的成果，一个状态不足以判断'
                                     WHEN '未写预计完成时间' THEN '；有单位未报或未写预计完成时间，不足以判断'
                                     WHEN '尚未启动' THEN '；尚未启动而期限未到，不足以判断'
                                     ELSE '；不足以判断' END END
       || CASE WHEN made_up(judged, due_then) THEN made_up_read(number, due_at) ELSE '' END AS formula,
       judged, CASE WHEN made_up(judged, due_then) THEN 'yellow' ELSE judged END AS light, true AS computed, grey
FROM due_before
