-- How many submissions some quarters have had so far, by verdict.
SELECT quarter, verdict, count(*) AS submissions
FROM submissions
WHERE quarter IN $quarters
GROUP BY ALL
ORDER BY ALL
