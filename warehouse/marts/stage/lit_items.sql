-- An item's light is the worst of its measures' and its deliverables'; where none can be computed, what those that answer
-- for it say of themselves stands in, not computed. Done only where all that can be judged is done.
INSERT INTO lit BY NAME
WITH greys AS (
    SELECT number, item, string_agg(grey || ' ' || n, '、' ORDER BY n DESC, grey) AS words
    FROM (SELECT number, item, grey, count(*) AS n FROM lit WHERE scope IN ('measure', 'deliverable') AND grey <> '' GROUP BY ALL)
    GROUP BY number, item
), computed AS (
    SELECT number, item, max(badness(light)) AS worst, max(badness(judged)) AS worst_judged,
           count(*) FILTER (light <> 'grey') AS judged, max(light <> judged AND light = 'yellow') AS made_up
    FROM lit
    WHERE scope IN ('measure', 'deliverable')
    GROUP BY number, item
), said AS (
    SELECT w.number, w.item,
           max(badness(light_of_word(w.status, w.expected_on, end_of(left(scope.quarter, 5) || w.number)))) AS worst,
           string_agg(w.name || '自报“' || status_read(w.status) || '”', '、' ORDER BY w.place) AS words
    FROM scope JOIN words w ON w.consolidates
    GROUP BY w.number, w.item
)
SELECT n.number, 'item' AS scope, i.item, '' AS subject, '' AS reporter, i.item AS place, 0 AS order_of_reporter,
       CASE WHEN c.worst > 0 THEN '取 ' || c.judged || ' 个可判断的指标和成果中最差者'
                                  || CASE WHEN c.made_up AND c.worst = badness('yellow') THEN '；逾期后本季补齐的记黄灯' ELSE '' END
            ELSE coalesce('指标和成果均无从判断（' || g.words || '），', '没有指标和成果，') || coalesce(s.words, '牵头单位未报') END AS formula,
       light_at(coalesce(nullif(c.worst_judged, 0), s.worst, 0)) AS judged,
       light_at(coalesce(nullif(c.worst, 0), s.worst, 0)) AS light, coalesce(c.worst, 0) > 0 AS computed,
       CASE WHEN coalesce(nullif(c.worst, 0), s.worst, 0) > 0 THEN '' ELSE coalesce(s.words, '牵头单位未报') END AS grey
FROM scope
JOIN items i USING (registry)
JOIN range(1, scope.number + 1) n(number) ON true
LEFT JOIN computed c ON c.number = n.number AND c.item = i.item
LEFT JOIN greys g ON g.number = n.number AND g.item = i.item
LEFT JOIN said s ON s.number = n.number AND s.item = i.item
