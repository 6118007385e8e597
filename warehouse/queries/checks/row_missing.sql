-- Owed, and its row is not there.
SELECT file, owed.tab, owed.key, owed.item
FROM sent
JOIN owed USING (reporter)
ANTI JOIN found_rows USING (file, tab, key)
WHERE open
