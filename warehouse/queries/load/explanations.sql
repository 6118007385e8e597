INSERT INTO explanations BY NAME
SELECT accession, numbered.reporter, rule, item, subject, value, text
FROM read_parquet($parts)
JOIN (SELECT file, accession, reporter FROM numbered) numbered USING (file)
