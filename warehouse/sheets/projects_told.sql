-- How many projects there are, how many are overdue, and how long their texts are (the sum of the squares).
SELECT count(*), count(*) FILTER (overdue), coalesce(sum(length(name) ** 2), 0)::BIGINT, coalesce(sum(length(done) ** 2), 0)::BIGINT,
       coalesce(sum(length(explanation) ** 2), 0)::BIGINT
FROM read_parquet($path)
