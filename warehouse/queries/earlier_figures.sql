-- What each reporter's figures were in the last quarter of the same year, before this one, that it had accepted; of these
-- reporters, or of all ($only is NULL).
WITH accepted AS (
    SELECT accession, quarter, reporter
    FROM submissions
    WHERE verdict = 'accepted' AND quarter < $quarter AND left(quarter, 4) = left($quarter, 4)
        AND ($only IS NULL OR reporter IN (SELECT unnest($only::VARCHAR[])))
        AND accession NOT IN (SELECT supersedes FROM submissions WHERE supersedes IS NOT NULL)
    QUALIFY quarter = max(quarter) OVER (PARTITION BY reporter)
)
SELECT reporter, key AS input, number, quarter
FROM accepted
JOIN entries USING (accession)
WHERE tab = 'inputs' AND field = 'value' AND number IS NOT NULL
