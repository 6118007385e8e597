-- The run's files as checking left them.
CREATE TEMP TABLE sent AS SELECT * FROM read_parquet($submissions)
