-- The figures of a quarter as they stand: those of the last submission that each reporter has had accepted in it.
SELECT reporter, key AS input, entries.number
FROM submissions
JOIN entries USING (accession)
WHERE verdict = 'accepted' AND quarter = $quarter
    AND accession NOT IN (SELECT supersedes FROM submissions WHERE supersedes IS NOT NULL)
    AND tab = 'inputs' AND field = 'value' AND entries.number IS NOT NULL
