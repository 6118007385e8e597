-- The obligations of `met` counted in groups: in total, by chapter and item (`number`), by reporter (`code`).
WITH counted AS (
    SELECT item, reporter, count(*) AS owed, count(*) FILTER (received) AS received,
        count(*) FILTER (accepted) AS accepted, count(*) FILTER (complete) AS complete
    FROM met
    GROUP BY GROUPING SETS ((), (item), (reporter))
), named AS (
    SELECT counted.*, i.chapter, i.chapter_title, i.title, r.name, r.place
    FROM counted
    JOIN quarters ON quarters.quarter = $quarter
    LEFT JOIN items i ON i.registry = quarters.registry AND i.item = counted.item
    LEFT JOIN reporters r ON r.registry = quarters.registry AND r.reporter = counted.reporter
)
SELECT CASE WHEN item IS NOT NULL THEN 'items' WHEN reporter IS NOT NULL THEN 'reporters' ELSE 'total' END AS "group",
    item AS number, reporter AS code, coalesce(title, name) AS title, owed, received, accepted, complete, chapter, place
FROM named
UNION ALL
SELECT 'chapters', chapter, NULL, chapter_title, sum(owed)::BIGINT, sum(received)::BIGINT, sum(accepted)::BIGINT,
    sum(complete)::BIGINT, chapter, NULL
FROM named
WHERE item IS NOT NULL
GROUP BY chapter, chapter_title
ORDER BY "group", chapter, number, place
