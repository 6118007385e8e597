-- The due dates of a quarter's obligations as they stand by now: the calendar's, or an extension's. Withdrawn, it is gone.
UPDATE obligations SET due = wanted.due
FROM (
    SELECT o.quarter, o.reporter, o.item, coalesce(e.due, q.due) AS due
    FROM obligations o
    JOIN quarters q USING (quarter)
    LEFT JOIN (SELECT unnest($reporters::VARCHAR[]) AS reporter, unnest($dues::DATE[]) AS due) e USING (reporter)
    WHERE o.quarter = $quarter
) wanted
WHERE obligations.quarter = wanted.quarter AND obligations.reporter = wanted.reporter AND obligations.item = wanted.item
    AND obligations.due <> wanted.due
