-- Of every item how long the texts are (the sum of the squares), and whether anybody explains anything.
SELECT item, count(*) AS rows, sum(length(done) ** 2)::BIGINT AS done, sum(length(problems) ** 2)::BIGINT AS problems,
       sum(length(next) ** 2)::BIGINT AS next, bool_or(explanation <> '') AS explained
FROM read_parquet($path)
GROUP BY item
