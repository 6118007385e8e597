-- How many rows 滞后清单 has, and how long its texts are (the sum of the squares).
SELECT count(*), coalesce(sum(length(problems) ** 2), 0)::BIGINT, coalesce(sum(length(next) ** 2), 0)::BIGINT,
       coalesce(sum(length(explanation) ** 2), 0)::BIGINT, coalesce(sum(length(formula) ** 2), 0)::BIGINT
FROM read_parquet($path)
