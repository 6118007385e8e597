-- What others found wrong within files, as they wrote it.
INSERT INTO faults BY NAME FROM read_parquet($faults)
