-- All texts of the quarter with their marks, in the order in which they came: every join would put an end to that, and
-- DuckDB 2.0 fails at lists that come out of a large one. Accessions begin with their quarter, so the blocks of others are
-- skipped.
SELECT rowid AS kept, item, marks
FROM wordings
WHERE accession >= getvariable('quarter') AND accession < getvariable('quarter') || '~'
