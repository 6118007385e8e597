-- The moments at which the year's figures are taken: 'now', and 'past' at the end of each earlier quarter, from what the
-- publication itself pins. `source` is the edition whose figures they are, `until` the last quarter that counts.
CREATE OR REPLACE TEMP TABLE views AS
SELECT 'now' AS edition, 'now' AS source, number AS until FROM scope
UNION ALL
SELECT 'past', 'now', unnest(range(1, number)) FROM scope
UNION ALL
SELECT edition, edition, until FROM editions WHERE edition <> 'now'
