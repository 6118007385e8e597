-- One row per entry with the limits that it has to keep, and one per rule between two entries. `id` is the entry's row
-- in found_entries. A limit that does not apply, or that only follows from a blank one, is NULL. Entries of which nothing can
-- be wrong are left out.
CREATE TEMP TABLE frame AS
WITH of_progress AS (
    SELECT id, 'progress.' || field AS kind,
        CASE field
            WHEN 'status' THEN true
            WHEN 'done' THEN coalesce(statuses.status IN ('under_way', 'done'), false)
            ELSE false
        END AS required,
        CASE WHEN state <> 'blank' THEN 1 END AS present,
        CASE WHEN field = 'status' AND state = 'value' THEN 'progress.status:' || text END AS status,
        CASE WHEN field = 'expected_on' THEN year(day) END AS year,
        CASE WHEN field = 'expected_on' AND day IS NOT NULL THEN $year END AS plan_year
    FROM owed_entries entry
    LEFT JOIN statuses USING (file, item)
    WHERE tab = 'progress' AND field IN ('status', 'done', 'expected_on') AND (required OR year IS NOT NULL OR entry.field = 'status')
), of_inputs AS (
    SELECT id, 'inputs.value' AS kind, statuses.status IS DISTINCT FROM 'not_applicable' AS required,
        CASE WHEN state <> 'blank' THEN 1 END AS present, number, minimum, maximum,
        digits(CASE WHEN unit = '%' THEN number * 100 ELSE number END) AS digits, decimals, unit
    FROM owed_entries entry
    JOIN inputs ON inputs.input = entry.key
    LEFT JOIN statuses ON statuses.file = entry.file AND statuses.item = entry.item
    WHERE tab = 'inputs' AND field = 'value'
), of_projects AS (
    SELECT id, 'projects.' || field AS kind, true AS required, CASE WHEN state <> 'blank' THEN 1 END AS present,
        CASE WHEN field = 'status' AND state = 'value' THEN 'projects.status:' || text END AS status,
        CASE WHEN field = 'progress' THEN entry.number END AS number, 0 AS minimum, 1 AS maximum, '%' AS unit,
        CASE WHEN field = 'progress' THEN known.progress END AS previous, known.quarter AS previous_quarter,
        CASE WHEN field = 'progress' AND found.status IN ('done', 'closed') AND number >= 0 THEN 1 END AS complete
    FROM owed_entries entry
    JOIN found_projects found USING (file, key)
    LEFT JOIN known_projects known USING (project)
    WHERE tab = 'projects' AND field IN ('item', 'name', 'owner', 'due_on', 'progress', 'status')
), figure AS (
    SELECT id, file, reporter, key, number FROM owed_entries WHERE tab = 'inputs' AND field = 'value' AND number IS NOT NULL
), between_entries AS (
    SELECT part.id, 'inputs.' || rule AS kind, severity, false AS required, 1 AS present, part.number, inputs.unit,
        whole.number AS whole, title.title AS whole_title,
        CASE rule WHEN 'never_falls' THEN earlier.number END AS previous, earlier.quarter AS previous_quarter
    FROM figure part
    JOIN kept_checks ON kept_checks.input = part.key
    JOIN inputs ON inputs.input = part.key
    LEFT JOIN figure whole ON whole.file = part.file AND whole.key = kept_checks.whole
    LEFT JOIN inputs title ON title.input = kept_checks.whole
    LEFT JOIN earlier_figures earlier ON earlier.reporter = part.reporter AND earlier.input = part.key
    WHERE (rule = 'never_falls' AND earlier.number IS NOT NULL OR whole.number IS NOT NULL)
)
FROM of_progress
UNION ALL BY NAME FROM of_inputs
UNION ALL BY NAME FROM of_projects
UNION ALL BY NAME FROM between_entries;
