-- What is not told. Nothing of a file that is not open but its structure; and one fault is told once: what has to be
-- mended in a cell is not doubted as well, and of two doubts of a cell that come from one fault the nearer one stands.
DELETE FROM faults
WHERE file NOT IN (SELECT file FROM sent WHERE open)
    AND rule NOT IN (SELECT rule FROM severities WHERE base = 'structure');

DELETE FROM faults
USING (
    SELECT f.rowid AS id, f.file, f.rule, f.tab, f.key, f.field, coalesce(f.severity, base) AS severity
    FROM faults f
    JOIN severities USING (rule)
    WHERE coalesce(f.severity, base) = 'confirm'
) doubt
WHERE faults.rowid = doubt.id AND EXISTS (
    SELECT 1
    FROM faults f
    JOIN severities USING (rule)
    WHERE f.file = doubt.file AND (
        f.tab = doubt.tab AND f.key = doubt.key AND f.field = doubt.field AND (
            coalesce(f.severity, base) = 'must_fix'
            OR (f.rule, doubt.rule) IN (
                ('figure_jumps', 'figure_outlies'),
                ('text_repeated', 'text_copied'),
                ('project_due_outside_year', 'project_due_moved'),
                ('project_due_outside_year', 'project_overdue')
            )
        )
        OR (f.rule, doubt.rule) = ('report_empty', 'lead_without_project')
    )
)
