-- The form that each reporter was last issued in a quarter, under which rules, and when.
SELECT reporter, arg_max(template, issued_at), arg_max(registry, issued_at), max(issued_at)
FROM templates
WHERE quarter = $quarter
GROUP BY reporter
