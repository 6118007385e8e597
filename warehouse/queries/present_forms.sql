-- The form that each reporter was last issued in a quarter, under which rules, and when; of these reporters, or of all ($only
-- is NULL).
SELECT reporter, arg_max(template, issued_at), arg_max(registry, issued_at), max(issued_at)
FROM templates
WHERE quarter = $quarter AND ($only IS NULL OR reporter IN (SELECT unnest($only::VARCHAR[])))
GROUP BY reporter
