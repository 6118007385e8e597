-- How many rows there are.
SELECT count(*) FROM read_parquet($path)
