-- A reporter's light of an item: the worst of its own measures' and, where it answers for the item, of the deliverables'
-- by its own word; else its own state stands in, not computed.
INSERT INTO lights
WITH own AS (
    SELECT l.item, l.reporter, max(badness(l.light)) AS worst
    FROM lights l JOIN scope USING (publication)
    WHERE l.scope = 'reporter_measure'
    GROUP BY l.item, l.reporter
), delivered AS (
    SELECT p.item, p.reporter,
           max(CASE WHEN p.status IS NULL OR p.status = 'not_applicable' THEN 0
                    WHEN p.status = 'done' THEN badness('done')
                    -- one state for several deliverables: see lights_deliverables
                    WHEN d.others_to_come AND p.status = 'under_way'
                        AND (scope.quarter >= d.due OR p.expected_on > end_of(d.due)) THEN 0
                    WHEN scope.quarter >= d.due THEN badness('red')
                    WHEN p.expected_on > end_of(d.due) THEN badness('yellow')
                    WHEN p.status = 'under_way' AND p.expected_on IS NOT NULL THEN badness('green')
                    ELSE 0 END) AS worst
    FROM scope
    JOIN (SELECT *, due < max(due) OVER (PARTITION BY registry, item) AS others_to_come FROM deliverables) d USING (registry)
    JOIN progress p ON p.item = d.item AND p.consolidates
    GROUP BY p.item, p.reporter
)
SELECT scope.publication, 'reporter_item', p.item, '', p.reporter, NULL, NULL, NULL, scope.yellow_at,
       CASE WHEN greatest(coalesce(o.worst, 0), coalesce(d.worst, 0)) > 0 THEN '取本单位可判断的指标和成果中最差者'
            WHEN p.status IS NULL THEN '未报'
            ELSE '无可计算的指标，自报“' || status_read(p.status) || '”' END,
       light_at(coalesce(nullif(greatest(coalesce(o.worst, 0), coalesce(d.worst, 0)), 0),
                         badness(light_of_word(p.status, p.expected_on, scope.ends)))),
       greatest(coalesce(o.worst, 0), coalesce(d.worst, 0)) > 0
FROM scope
JOIN progress p ON true
LEFT JOIN own o ON o.item = p.item AND o.reporter = p.reporter
LEFT JOIN delivered d ON d.item = p.item AND d.reporter = p.reporter
ORDER BY p.item, p.place
