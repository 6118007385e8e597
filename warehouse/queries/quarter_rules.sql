-- Note the registry that a quarter stands under from now on, where it is not the one it stood under before. What was noted
-- last counts, whatever the clock was set to.
INSERT INTO quarter_rules
SELECT $quarter, $registry, greatest($now::TIMESTAMPTZ, last.since)
FROM (SELECT max(since) AS since, arg_max(registry, since) AS registry FROM quarter_rules WHERE quarter = $quarter) last
WHERE last.registry IS DISTINCT FROM $registry
ON CONFLICT DO UPDATE SET registry = excluded.registry
