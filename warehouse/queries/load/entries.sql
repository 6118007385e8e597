INSERT INTO entries BY NAME
SELECT accession, tab, key, item, field, state, typed, text, number, day, sheet, row, address
FROM read_parquet($parts)
JOIN (SELECT file, accession FROM numbered) USING (file)
