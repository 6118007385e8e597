-- What is owed in the quarter by the pinned rules, and by when: the calendar's date, or that of the pinned extensions.
CREATE OR REPLACE TEMP TABLE owed AS
WITH extension AS (
    SELECT unnest(from_json(json_extract(p.ledgers, '$.extensions'), '[{"reporters": ["VARCHAR"], "due": "DATE"}]')) AS e
    FROM scope JOIN publications p USING (publication)
), extended AS (
    SELECT reporter, max(due) AS due
    FROM (SELECT unnest(e.reporters) AS reporter, e.due FROM extension)
    GROUP BY reporter
)
SELECT o.reporter, o.item, o.role, coalesce(e.due, scope.due) AS due
FROM scope
JOIN owed_items o USING (registry)
LEFT JOIN extended e USING (reporter)
