-- The publications that speak: 'now' is the one being published, the others are compared with. `until` is the number of its
-- quarter in the year.
CREATE OR REPLACE TEMP TABLE editions AS
SELECT e.edition, p.publication, p.quarter, right(p.quarter, 1)::INTEGER AS until, p.registry, p.ledgers
FROM (SELECT unnest(['now', 'base', 'before']) AS edition, unnest([publication, base, before]) AS publication FROM scope) e
JOIN publications p USING (publication)
