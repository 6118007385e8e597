-- One row per entry with the limits that it has to keep, and one per rule between two entries; `n` is its number in
-- the frame that is validated. A limit that does not apply, or that only follows from a blank one, is NULL.
CREATE TEMP TABLE frame AS
WITH entry AS (
    SELECT e.*, tab || '.' || field AS kind, statuses.status AS item_status, project.status AS project_status,
        project.project
    FROM owed_entries e
    LEFT JOIN statuses ON tab <> 'projects' AND statuses.file = e.file AND statuses.item = e.item
    LEFT JOIN found_projects project ON tab = 'projects' AND project.file = e.file AND project.key = e.key
    WHERE kind IN ('progress.status', 'progress.done', 'progress.expected_on', 'inputs.value', 'projects.item',
        'projects.name', 'projects.owner', 'projects.due_on', 'projects.progress', 'projects.status')
), explained AS (
    SELECT file, key FROM owed_entries WHERE tab = 'inputs' AND field = 'explanation' AND state = 'value'
), single AS (
    SELECT entry.file, tab, key, entry.item, field, sheet, row, address, typed, kind, NULL AS severity,
        CASE kind
            WHEN 'progress.done' THEN coalesce(item_status IN ('under_way', 'done'), false)
            WHEN 'inputs.value' THEN item_status IS DISTINCT FROM 'not_applicable'
            ELSE kind <> 'progress.expected_on'
        END AS required,
        CASE WHEN state = 'blank' THEN NULL ELSE 'typed' END AS present,
        CASE WHEN field = 'status' AND state = 'value' THEN kind || ':' || text END AS status,
        number,
        CASE kind WHEN 'projects.progress' THEN 0 ELSE inputs.minimum END AS minimum,
        CASE kind WHEN 'projects.progress' THEN 1 ELSE inputs.maximum END AS maximum,
        CASE WHEN kind = 'inputs.value' THEN digits(CASE WHEN inputs.unit = '%' THEN number * 100 ELSE number END) END
            AS digits,
        inputs.decimals,
        NULL AS whole, NULL AS whole_title,
        CASE kind WHEN 'projects.progress' THEN known.progress END AS previous, known.quarter AS previous_quarter,
        CASE WHEN kind = 'projects.progress' AND project_status IN ('done', 'closed') AND number >= 0 THEN 1 END AS complete,
        CASE WHEN kind = 'progress.expected_on' THEN year(day) END AS year,
        CASE WHEN kind = 'progress.expected_on' AND day IS NOT NULL THEN $year END AS plan_year,
        CASE kind WHEN 'projects.progress' THEN '%' ELSE inputs.unit END AS unit
    FROM entry
    LEFT JOIN inputs ON kind = 'inputs.value' AND inputs.input = entry.key
    LEFT JOIN known_projects known ON known.project = entry.project AND known.reporter = entry.reporter
), figure AS (
    SELECT entry.*, inputs.unit FROM entry JOIN inputs ON entry.key = inputs.input
    WHERE kind = 'inputs.value' AND number IS NOT NULL
), pair AS (
    SELECT part.file, part.tab, part.key, part.item, part.field, part.sheet, part.row, part.address, part.typed,
        'inputs.' || rule AS kind, severity, false AS required, 'typed' AS present, NULL AS status, part.number,
        NULL AS minimum, NULL AS maximum, NULL AS digits, NULL AS decimals,
        whole.number AS whole, title.title AS whole_title,
        CASE rule WHEN 'never_falls' THEN earlier.number END AS previous, earlier.quarter AS previous_quarter,
        NULL AS complete, NULL AS year, NULL AS plan_year, part.unit
    FROM figure part
    JOIN item_checks ON item_checks.input = part.key
    LEFT JOIN figure whole ON whole.file = part.file AND whole.key = item_checks.whole
    LEFT JOIN inputs title ON title.input = item_checks.whole
    LEFT JOIN earlier_figures earlier ON earlier.reporter = part.reporter AND earlier.input = part.key
    LEFT JOIN explained ON explained.file = part.file AND explained.key = part.key
    WHERE NOT (severity = 'confirm' AND explained.key IS NOT NULL)
        AND (rule = 'never_falls' AND earlier.number IS NOT NULL OR whole.number IS NOT NULL)
)
SELECT (row_number() OVER (ORDER BY file, tab, row, address, kind) - 1)::BIGINT AS n, *
FROM (SELECT * FROM single UNION ALL BY NAME SELECT * FROM pair);
