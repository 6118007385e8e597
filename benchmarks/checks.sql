-- The nine checks of duban.checking.expectations on the same frame: the rows that fail, and the check that each fails.
-- A comparison with nothing passes, as there.
WITH frame AS (FROM read_parquet($frames))
SELECT n, kind, 'required' AS failed FROM frame WHERE required AND present IS NULL
UNION ALL SELECT n, kind, 'status' FROM frame WHERE status IS NOT NULL AND NOT list_contains($statuses, status)
UNION ALL SELECT n, kind, 'minimum' FROM frame WHERE number < minimum
UNION ALL SELECT n, kind, 'maximum' FROM frame WHERE maximum < number
UNION ALL SELECT n, kind, 'precision' FROM frame WHERE decimals < digits
UNION ALL SELECT n, kind, 'part' FROM frame WHERE whole < number
UNION ALL SELECT n, kind, 'falls' FROM frame WHERE number < previous
UNION ALL SELECT n, kind, 'complete' FROM frame WHERE number < complete
UNION ALL SELECT n, kind, 'year' FROM frame WHERE year <> plan_year
