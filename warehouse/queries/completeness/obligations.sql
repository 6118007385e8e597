-- Every obligation of a quarter, and how far it was met: something of the reporter was received, its report was accepted,
-- the content of the item in the one that stands is whole. Each takes the one before it for granted.
CREATE OR REPLACE TEMP TABLE met AS
WITH of_quarter AS (
    SELECT * FROM submissions WHERE quarter = $quarter AND reporter IS NOT NULL
), received AS (
    SELECT reporter,
        max_by(accession, number) FILTER (
            verdict = 'accepted'
            AND accession NOT IN (SELECT supersedes FROM of_quarter WHERE supersedes IS NOT NULL)
        ) AS standing
    FROM of_quarter
    GROUP BY reporter
)
SELECT o.reporter, o.item,
    received.reporter IS NOT NULL AS received,
    received.standing IS NOT NULL AS accepted,
    received.standing IS NOT NULL AND lacks IS NULL AS complete,
    lacks
FROM obligations o
LEFT JOIN received ON received.reporter = o.reporter
LEFT JOIN lacking ON lacking.accession = received.standing AND lacking.item = o.item
WHERE o.quarter = $quarter
