-- The columns of a mart.
DESCRIBE SELECT * FROM read_parquet($path)
