-- The lights of 市州进度.
SELECT item, reporter, state, light, computed
FROM read_parquet($path)
WHERE kind = 'prefecture'
ORDER BY item, nth
