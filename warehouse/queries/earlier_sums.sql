-- What each reporter's figures of single quarters add up to in the year, before this quarter, as far as they were accepted.
SELECT s.reporter, key AS input, sum(entries.number)::DECIMAL(24, 6) AS number
FROM submissions s
JOIN entries USING (accession)
JOIN inputs ON inputs.registry = s.registry AND inputs.input = entries.key
WHERE verdict = 'accepted' AND quarter < $quarter AND left(quarter, 4) = left($quarter, 4)
    AND accession NOT IN (SELECT supersedes FROM submissions WHERE supersedes IS NOT NULL)
    AND tab = 'inputs' AND field = 'value' AND entries.number IS NOT NULL AND inputs.figures = 'in_quarter'
GROUP BY ALL
