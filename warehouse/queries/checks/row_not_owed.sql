-- Filled in, in a row that the reporter does not owe, whoever does. Codes that the plan does not know are reading's
-- row_unknown. Every such row is void, and few are.
SELECT file, tab, sheet, key, item, field, address, typed AS value
FROM found_entries
SEMI JOIN void_rows USING (file, tab, key)
ANTI JOIN owed USING (reporter, tab, key)
SEMI JOIN (
    SELECT 'progress' AS tab, item::VARCHAR AS key FROM items UNION ALL SELECT 'inputs', input FROM inputs
) USING (tab, key)
WHERE tab <> 'projects' AND state <> 'blank'
