-- Who has to report each measure: by the pinned rules, and by those of what the publication is compared with. Once, because
-- all years' plans lie in the warehouse.
CREATE OR REPLACE TEMP TABLE owed_measures AS
SELECT DISTINCT i.registry, i.measure, o.reporter
FROM (SELECT registry FROM scope UNION SELECT registry FROM comparisons)
JOIN inputs i USING (registry)
JOIN owed_inputs o USING (registry, input)
