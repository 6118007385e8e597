INSERT INTO findings BY NAME
SELECT accession, place, rule, severity, item, sheet, cells, value, message, remedy, settled, because
FROM read_parquet($parts)
JOIN (SELECT file, accession FROM numbered) USING (file)
