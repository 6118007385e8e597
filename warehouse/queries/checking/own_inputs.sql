-- The inputs that this run has figures of, and a place for each.
SELECT input, (row_number() OVER (ORDER BY input) - 1)::INTEGER AS place
FROM (SELECT DISTINCT key AS input FROM owed_entries WHERE tab = 'inputs' AND field = 'value' AND number > 0)
ORDER BY input
