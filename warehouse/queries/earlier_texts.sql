-- What each reporter wrote of its items in the last quarter of the same year, before this one, that it had accepted.
WITH accepted AS (
    SELECT accession, quarter, reporter
    FROM submissions
    WHERE verdict = 'accepted' AND quarter < $quarter AND left(quarter, 4) = left($quarter, 4)
        AND accession NOT IN (SELECT supersedes FROM submissions WHERE supersedes IS NOT NULL)
    QUALIFY quarter = max(quarter) OVER (PARTITION BY reporter)
)
SELECT reporter, item, digest, length, code, quarter
FROM accepted
JOIN wordings USING (accession)
