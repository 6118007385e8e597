-- Whose projects are overdue, and how many, in the order of 项目台账.
SELECT reporter, count(*) FROM read_parquet($path, file_row_number = true) WHERE overdue GROUP BY reporter ORDER BY min(file_row_number)
