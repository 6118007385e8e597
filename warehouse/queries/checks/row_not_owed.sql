-- Filled in, in a row that the reporter does not owe. Codes that the plan does not know are reading's row_unknown.
SELECT file, tab, sheet, key, item, field, address, typed AS value
FROM found_entries
ANTI JOIN owed USING (reporter, tab, key)
SEMI JOIN (SELECT DISTINCT tab, key FROM owed) USING (tab, key)
WHERE tab <> 'projects' AND state <> 'blank'
