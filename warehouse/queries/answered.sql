-- The answers of a quarter that stand at some paths, with the verdicts that they tell, and findings counted by severity and by
-- rule.
WITH answer AS (
    SELECT accession, path FROM answers WHERE path IN (SELECT unnest($paths))
), counted AS (
    SELECT accession,
           histogram(severity) AS findings,
           histogram(rule)     AS rules
    FROM findings
    WHERE accession IN (SELECT accession FROM answer)
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
JOIN answer a USING (accession)
JOIN punctuality USING (accession, quarter)
LEFT JOIN reporters r ON r.registry = s.registry AND r.reporter = s.reporter
LEFT JOIN counted c USING (accession)
WHERE s.quarter = $quarter
ORDER BY s.accession;
