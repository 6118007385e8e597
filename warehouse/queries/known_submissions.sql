-- All submissions of a quarter by a moment, and of the year's earlier quarters those that stood then: accepted, and not yet
-- superseded.
WITH known AS (
    SELECT * FROM submissions WHERE quarter BETWEEN $first AND $quarter AND received_at <= $moment
)
SELECT s.accession, s.quarter, s.digest, s.verdict, s.received_at,
       s.verdict = 'accepted' AND n.supersedes IS NULL AS current
FROM known s
LEFT JOIN (SELECT DISTINCT supersedes FROM known) n ON n.supersedes = s.accession
WHERE s.quarter = $quarter OR (s.verdict = 'accepted' AND n.supersedes IS NULL)
ORDER BY s.accession
