-- Every project of the plan that was not closed before the quarter, as its last accepted return put it; those of these
-- reporters, or of all ($only is NULL).
WITH spoken_of AS (
    SELECT r.project, r.accession, r.key
    FROM project_rows AS r
    SEMI JOIN (
        SELECT project FROM projects
        WHERE plan = $plan AND ($only IS NULL OR reporter IN (SELECT unnest($only::VARCHAR[])))
    ) AS known USING (project)
    JOIN submissions AS s USING (accession)
    WHERE s.quarter < $quarter
      AND s.verdict = 'accepted'
      AND NOT EXISTS (SELECT 1 FROM submissions AS later WHERE later.supersedes = s.accession)
    QUALIFY row_number() OVER (PARTITION BY r.project ORDER BY s.quarter DESC) = 1
),
cells_of AS (
    SELECT
        p.project,
        p.reporter,
        p.item,
        p.number,
        max(e.typed) FILTER (e.field = 'name') AS name,
        max(e.typed) FILTER (e.field = 'owner') AS owner,
        max(coalesce(CAST(e.day AS VARCHAR), e.typed)) FILTER (e.field = 'due_on') AS due_on,
        max(e.text) FILTER (e.field = 'status') AS status
    FROM spoken_of AS o
    JOIN projects AS p USING (project)
    JOIN entries AS e ON e.accession = o.accession AND e.tab = 'projects' AND e.key = o.key
    WHERE p.plan = $plan
    GROUP BY ALL
)
SELECT project, reporter, item, name, owner, due_on
FROM cells_of
WHERE status IS DISTINCT FROM 'closed'
ORDER BY reporter, item, number;
