-- Every answer of a quarter with the verdict that it tells, and its findings counted by severity and by rule.
WITH counted AS (
    SELECT accession,
           histogram(severity) AS findings,
           histogram(rule)     AS rules
    FROM findings
    WHERE accession >= $quarter AND accession < $quarter || '~'  -- a quarter's rows lie together
    GROUP BY accession
)
SELECT s.accession,
       s.reporter,
       r.name,
       s.file_name AS file,
       s.folder,
       s.verdict,
       punctuality.late,
       coalesce(c.findings, MAP {}::MAP(VARCHAR, UBIGINT)) AS findings,
       coalesce(c.rules, MAP {}::MAP(VARCHAR, UBIGINT))    AS rules,
       a.path
FROM submissions s
JOIN answers a USING (accession)
JOIN punctuality USING (accession, quarter)
LEFT JOIN reporters r ON r.registry = s.registry AND r.reporter = s.reporter
LEFT JOIN counted c USING (accession)
WHERE s.quarter = $quarter
ORDER BY s.accession;
