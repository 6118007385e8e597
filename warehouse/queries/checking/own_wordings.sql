-- What was written in this run, with its marks.
SELECT id, file, reporter, item, written.* EXCLUDE (file, row, item)
FROM own_texts
JOIN read_parquet($parts) written USING (file, row, item)
