-- Every project of a plan that has its code, with what was last accepted of it in an earlier quarter; a project that is
-- new in this quarter has its code and no earlier facts.
WITH known AS (
    SELECT project, reporter, item, name FROM projects WHERE plan = $plan
), accepted AS (
    SELECT accession, quarter
    FROM submissions
    WHERE verdict = 'accepted' AND quarter < $quarter
        AND accession NOT IN (SELECT supersedes FROM submissions WHERE supersedes IS NOT NULL)
), last AS (
    SELECT project, accession, key, quarter
    FROM project_rows
    SEMI JOIN known USING (project)
    JOIN accepted USING (accession)
    QUALIFY row_number() OVER (PARTITION BY project ORDER BY quarter DESC, key) = 1
), facts AS (
    SELECT project, any_value(last.quarter) AS quarter,
        any_value(number) FILTER (field = 'progress') AS progress,
        any_value(text) FILTER (field = 'status') AS status,
        any_value(day) FILTER (field = 'due_on') AS due_on
    FROM last
    JOIN entries USING (accession, key)
    WHERE tab = 'projects'
    GROUP BY project
)
SELECT project, reporter, item, name, quarter, progress, status, due_on
FROM known
LEFT JOIN facts USING (project)
