-- The entries of the run's new submissions, from where they were read: to look for them among all that were ever loaded takes
-- the longer the more there are.
CREATE TEMP VIEW told_entries AS
SELECT accession, tab, key, item, field, state, typed, text, number, day, sheet, row, address
FROM read_parquet(getvariable('entries'))
JOIN (SELECT file, accession FROM numbered) USING (file)
