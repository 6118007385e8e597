-- A mart as it stands.
SELECT * FROM read_parquet($path)
