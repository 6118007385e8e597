-- The findings of every submission of some quarters, by rule and quarter.
SELECT quarter, rule, count(*) AS findings
FROM findings
JOIN submissions USING (accession)
WHERE quarter IN $quarters
GROUP BY ALL
ORDER BY ALL
