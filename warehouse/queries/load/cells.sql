INSERT INTO cells BY NAME
SELECT accession, sheet, row, col, address, kind, typed, part
FROM read_parquet($parts)
JOIN (SELECT file, accession FROM numbered) USING (file)
