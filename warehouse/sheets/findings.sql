-- Every finding, for findings.csv.
SELECT * FROM read_parquet($path)
