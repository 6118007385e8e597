-- New projects, each name once, numbered on from those that the reporter has under the item.
INSERT INTO projects BY NAME
WITH fresh AS (
    SELECT reporter, item, name, arg_min(accession, (file, row)) AS accession, min((file, row)) AS place
    FROM project_keys
    WHERE project IS NULL
    GROUP BY reporter, item, name
), taken AS (
    SELECT reporter, item, max(number) AS number FROM projects GROUP BY reporter, item
), counted AS (
    SELECT fresh.*,
        row_number() OVER (PARTITION BY fresh.reporter, fresh.item ORDER BY place) + coalesce(taken.number, 0) AS number
    FROM fresh
    LEFT JOIN taken USING (reporter, item)
)
SELECT printf('%s-%02d-%02d', reporter, item, number) AS project, $plan AS plan, reporter, item, number, name, accession
FROM counted
