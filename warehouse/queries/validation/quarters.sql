-- How many submissions some quarters have had so far, by verdict.
SELECT quarter, verdict, count(*) AS submissions
FROM submissions
WHERE list_contains($quarters, quarter)
GROUP BY ALL
ORDER BY ALL
