-- Each reporter's figures of the year's single quarters before this one, as far as they were accepted.
SELECT s.reporter, key AS input, entries.number, s.quarter
FROM submissions s
JOIN entries USING (accession)
JOIN inputs ON inputs.registry = s.registry AND inputs.input = entries.key
WHERE verdict = 'accepted' AND quarter < $quarter AND left(quarter, 4) = left($quarter, 4)
    AND accession NOT IN (SELECT supersedes FROM submissions WHERE supersedes IS NOT NULL)
    AND tab = 'inputs' AND field = 'value' AND entries.number IS NOT NULL AND inputs.figures = 'in_quarter'
