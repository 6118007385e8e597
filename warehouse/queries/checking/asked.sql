-- The wordings of this run for which ones like them are searched, in the order of their files: the id of one text that
-- has it, and the row of the warehouse that has the same.
SELECT id, kept
FROM own
JOIN told USING (item, digest)
QUALIFY row_number() OVER (PARTITION BY item, digest ORDER BY file, id) = 1
ORDER BY file, id
