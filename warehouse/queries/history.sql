-- Every submission of a reporter in a quarter, in the order received, with what became of it: `superseded_by` the one
-- that was accepted in its place, `findings` that still ask for something by severity, `settled` those that do not.
WITH counted AS (
    SELECT accession,
        histogram(severity) FILTER (settled IS NULL) AS findings,
        histogram(settled) FILTER (settled IS NOT NULL) AS settled
    FROM findings
    WHERE accession >= $quarter AND accession < $quarter || '~'  -- a quarter's rows lie together
    GROUP BY accession
)
SELECT s.accession, s.received_at, s.arrived_at, s.file_name, s.verdict, punctuality.late, s.supersedes, later.accession AS superseded_by,
    coalesce(counted.findings, MAP {}::MAP(VARCHAR, UBIGINT)) AS findings,
    coalesce(counted.settled, MAP {}::MAP(VARCHAR, UBIGINT)) AS settled,
    path AS answer
FROM submissions s
LEFT JOIN submissions later ON later.quarter = s.quarter AND later.supersedes = s.accession
JOIN punctuality ON punctuality.accession = s.accession AND punctuality.quarter = s.quarter
LEFT JOIN counted ON counted.accession = s.accession
LEFT JOIN answers ON answers.accession = s.accession
WHERE s.quarter = $quarter AND s.reporter = $reporter
ORDER BY s.number
