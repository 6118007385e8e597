-- The project rows of newly accepted submissions. A row without a code speaks of the project of that name that the
-- reporter has under the item already, or else of a new one.
CREATE TEMP TABLE project_keys AS
WITH rows AS (
    SELECT file, accession, reporter, key, any_value(row) AS row,
        any_value(e.item) FILTER (field = 'item') AS item,
        any_value(nullif(text, '')) FILTER (field = 'code') AS code,
        any_value(nullif(text, '')) FILTER (field = 'name') AS name
    FROM told_entries e
    JOIN numbered USING (accession)
    WHERE verdict = 'accepted' AND tab = 'projects'
    GROUP BY ALL
)
SELECT file, accession, reporter, key, row, item, name,
    coalesce(code, named.project) AS project
FROM rows
LEFT JOIN (SELECT reporter, item, name, min(project) AS project FROM projects GROUP BY ALL) named
    USING (reporter, item, name)
