-- Doubts that the reporter has answered: in the row's 情况说明, or earlier, for the same value. What was said of another
-- value does not hold: it stands in the cell from before, and speaks of a figure that is no longer there.
CREATE TEMP TABLE doubted AS
WITH doubt AS (
    SELECT f.rowid AS id, f.file, sent.reporter, f.rule, f.tab, f.key, f.item,
        CASE f.tab
            WHEN 'projects' THEN coalesce(project.project, f.item || ' ' || project.name, project.name, f.key)
            WHEN '' THEN f.rule
            ELSE f.key
        END AS subject,
        CASE
            WHEN entry.number IS NOT NULL THEN plain(entry.number)
            WHEN length(f.value) > 100 THEN md5(f.value)
            ELSE f.value
        END AS value
    FROM faults f
    JOIN sent USING (file)
    JOIN severities USING (rule)
    LEFT JOIN found_projects project ON f.tab = 'projects' AND project.file = f.file AND project.key = f.key
    LEFT JOIN found_entries entry
        ON entry.file = f.file AND entry.tab = f.tab AND entry.key = f.key AND entry.field = f.field
    WHERE coalesce(f.severity, base) = 'confirm'
), says_nothing AS (
    SELECT word FROM doubts WHERE value IS NULL
), said AS (
    SELECT file, tab, key, trim(typed) AS text
    FROM found_entries
    WHERE field = 'explanation' AND state = 'value' AND trim(typed) NOT IN (SELECT word FROM says_nothing)
)
SELECT doubt.*, said.text
FROM doubt
LEFT JOIN said USING (file, tab, key);

-- files of one reporter in one run count in their order
CREATE TEMP TABLE known_explanations AS
    SELECT NULL::INTEGER AS file, reporter, rule, subject, value, text FROM explanations
    UNION ALL
    SELECT file, reporter, rule, subject, value, text FROM doubted WHERE text IS NOT NULL;

CREATE TEMP TABLE answered AS
SELECT doubted.id, doubted.file, doubted.item, doubted.rule, doubted.subject, doubted.value,
    CASE WHEN NOT EXISTS (
        FROM known_explanations other
        WHERE other.reporter = doubted.reporter AND other.rule = doubted.rule AND other.subject = doubted.subject
            AND other.text = doubted.text AND other.value <> doubted.value AND coalesce(other.file, -1) < doubted.file
    ) THEN doubted.text END AS fresh,
    (
        SELECT arg_max(earlier.text, coalesce(earlier.file, -1))
        FROM known_explanations earlier
        WHERE earlier.reporter = doubted.reporter AND earlier.rule = doubted.rule
            AND earlier.subject = doubted.subject AND earlier.value = doubted.value
            AND coalesce(earlier.file, -1) < doubted.file
    ) AS held
FROM doubted;

UPDATE faults SET settled = 'explained', because = coalesce(fresh, held)
FROM answered
WHERE answered.id = faults.rowid AND coalesce(fresh, held) IS NOT NULL;
