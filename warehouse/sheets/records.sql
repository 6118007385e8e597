-- Records as they stand.
SELECT record FROM read_parquet($path)
