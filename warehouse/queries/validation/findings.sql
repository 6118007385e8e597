-- What was found in the submissions of a run, counted by submission, rule and severity.
SELECT accession AS sent, rule, severity, count(*) AS findings, sum(len(cells))::BIGINT AS cells, count(settled) AS settled
FROM findings
WHERE accession IN (SELECT unnest($accessions))
GROUP BY ALL
ORDER BY ALL
