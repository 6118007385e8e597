-- Doubts that the reporter has answered: in the row's 情况说明, or earlier, for the same value. What was said of another
-- value in the quarter does not hold: it stands in the cell from before, and speaks of what is no longer there. The
-- workbook of another quarter begins with blank cells, so what stands there was written for it.
CREATE TEMP TABLE doubted AS
WITH doubt AS (
    SELECT f.rowid AS id, f.file, sent.reporter, f.rule, f.tab, f.key, f.item,
        CASE f.tab
            WHEN 'projects' THEN coalesce(project.project, f.item || ' ' || project.name, project.name, f.key)
            ELSE f.key
        END AS subject,
        -- a project that was explained before it had its code
        f.item || ' ' || coalesce(known.name, project.name) AS other_subject,
        CASE
            WHEN entry.number IS NOT NULL THEN plain(entry.number)
            WHEN f.rule IN ('text_repeated', 'text_copied') THEN md5(letters(f.value))  -- all that they compare
            -- a blank or a phrase is the quarter's own
            WHEN f.rule IN ('progress_missing', 'text_says_nothing', 'report_empty') THEN scope.quarter || ' ' || f.value
            WHEN length(f.value) > 100 THEN md5(f.value)
            ELSE f.value
        END AS value
    FROM scope, faults f
    JOIN sent USING (file)
    JOIN severities USING (rule)
    LEFT JOIN found_projects project ON f.tab = 'projects' AND project.file = f.file AND project.key = f.key
    LEFT JOIN known_projects known ON known.project = project.project
    LEFT JOIN (SELECT rowid, file, tab, key, field, number FROM found_entries WHERE number IS NOT NULL) entry
        ON entry.file = f.file AND entry.tab = f.tab AND entry.key = f.key AND entry.field = f.field
    WHERE coalesce(f.severity, base) = 'confirm'
    QUALIFY row_number() OVER (PARTITION BY f.rowid ORDER BY entry.rowid) = 1
), said AS (
    SELECT file, tab, key, min(trim(typed)) AS text
    FROM found_entries
    WHERE field = 'explanation' AND state = 'value' AND phrase(typed) NOT IN (SELECT word FROM empty_words)
    GROUP BY file, tab, key
)
SELECT doubt.*, said.text
FROM doubt
LEFT JOIN said USING (file, tab, key);

-- files of one reporter in one run count in their order
CREATE TEMP TABLE known_explanations AS
    SELECT -1 AS file, reporter, rule, subject, value, text, explanations.quarter = scope.quarter AS now
    FROM explanations, scope
    UNION ALL
    SELECT file, reporter, rule, subject, value, text, true FROM doubted WHERE text IS NOT NULL;

CREATE TEMP TABLE answered AS
SELECT id, file, item, rule, subject, value, CASE WHEN NOT outdated THEN text END AS fresh, held,
    outdated AND held IS NULL AS outdated
FROM (
    SELECT d.*,
        d.text IS NOT NULL AND EXISTS (
            FROM known_explanations other
            WHERE other.reporter = d.reporter AND other.rule = d.rule AND other.subject IN (d.subject, d.other_subject)
                AND other.file < d.file AND other.now AND other.text = d.text AND other.value <> d.value
        ) AS outdated,
        (
            SELECT arg_max(earlier.text, earlier.file)
            FROM known_explanations earlier
            WHERE earlier.reporter = d.reporter AND earlier.rule = d.rule
                AND earlier.subject IN (d.subject, d.other_subject)
                AND earlier.file < d.file AND earlier.value = d.value
        ) AS held
    FROM doubted d
);

UPDATE faults SET settled = 'explained', because = coalesce(fresh, held)
FROM answered
WHERE answered.id = faults.rowid AND coalesce(fresh, held) IS NOT NULL;

UPDATE faults SET outdated = true FROM answered WHERE answered.id = faults.rowid AND answered.outdated;
