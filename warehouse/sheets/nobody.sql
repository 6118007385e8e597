-- How many of the quarter's files nobody could be told for.
SELECT count(*) FROM read_parquet($path) WHERE reporter IS NULL AND quarter = $quarter
