-- The registry that a quarter was last noted to stand under.
SELECT arg_max(registry, since) FROM quarter_rules WHERE quarter = $quarter HAVING count(*) > 0
