-- An item's light is the worst of its measures' and its deliverables'; where none can be computed, what those that answer
-- for it say of themselves stands in, not computed. Done only where all that can be judged is done.
INSERT INTO lights
WITH computed AS (
    SELECT l.item, max(badness(l.light)) AS worst, count(*) FILTER (l.light <> 'grey') AS judged
    FROM lights l JOIN scope USING (publication)
    WHERE l.scope IN ('measure', 'deliverable')
    GROUP BY l.item
), said AS (
    SELECT p.item, max(badness(light_of_word(p.status, p.expected_on, scope.ends))) AS worst,
           string_agg(p.name || '自报“' || status_read(p.status) || '”', '、' ORDER BY p.place) AS words
    FROM scope JOIN progress p ON p.consolidates
    GROUP BY p.item
)
SELECT scope.publication, 'item', i.item, '', '', NULL, NULL, NULL, scope.yellow_at,
       CASE WHEN c.worst > 0 THEN '取 ' || c.judged || ' 个可判断的指标和成果中最差者'
            WHEN s.worst > 0 THEN '无可计算的指标，' || s.words
            ELSE '无可计算的指标，' || coalesce(s.words, '牵头单位未报') END,
       light_at(coalesce(nullif(c.worst, 0), s.worst, 0)), coalesce(c.worst, 0) > 0
FROM scope
JOIN items i USING (registry)
LEFT JOIN computed c USING (item)
LEFT JOIN said s USING (item)
ORDER BY i.item
