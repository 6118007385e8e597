-- What was written of items in all files of the run, to be marked; of those that are not open as well.
SELECT file, row, item, typed
FROM read_parquet($entries)
WHERE tab = 'progress' AND field = 'done' AND state = 'value' AND item IS NOT NULL
