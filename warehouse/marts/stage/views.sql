-- The moments and readings at which the year's figures are taken: 'now', and 'past' at the end of each earlier quarter, from
-- what the publication itself pins; and those that lead there from what it is compared with. `source` is the edition and the
-- rules whose figures they are, `until` the last quarter that counts, `typed` says that corrections are left out.
CREATE OR REPLACE TEMP TABLE views AS
SELECT 'now' AS edition, 'now' AS source, number AS until, false AS typed FROM scope
UNION ALL
SELECT 'past', 'now', unnest(range(1, number)), false FROM scope
UNION ALL
SELECT comparison, comparison, until, false FROM comparisons
UNION ALL
SELECT ruled, ruled, until, false FROM comparisons WHERE ruled <> comparison
UNION ALL
SELECT typed, ruled, until, true FROM comparisons WHERE typed <> ruled
UNION ALL
SELECT between, 'now', until, true FROM comparisons WHERE between IS NOT NULL
UNION ALL
SELECT DISTINCT c.now_typed, 'now', scope.number, true FROM scope JOIN comparisons c ON c.now_typed <> 'now'
