-- What reporters that sent nothing in this run have had accepted in the quarter, per head: the rates of each input in their
-- order.
SELECT key AS input, list_sort(list(entries.number / population::DOUBLE)) AS rates
FROM submissions
JOIN entries USING (accession)
JOIN plan_reporters USING (reporter)
WHERE verdict = 'accepted' AND quarter = $quarter AND kind = 'prefecture' AND population > 0
    AND accession NOT IN (SELECT supersedes FROM submissions WHERE supersedes IS NOT NULL)
    AND submissions.reporter NOT IN (SELECT reporter FROM senders)
    AND tab = 'inputs' AND field = 'value' AND entries.number > 0
    AND key IN (SELECT input FROM own_inputs)
GROUP BY key
