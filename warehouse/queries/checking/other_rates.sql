-- What reporters that sent nothing in this run have had accepted in the quarter, per head, of each input, by its place.
SELECT own_inputs.place, entries.number / population::DOUBLE AS rate
FROM submissions
JOIN entries USING (accession)
JOIN plan_reporters USING (reporter)
JOIN own_inputs ON input = key
WHERE verdict = 'accepted' AND quarter = $quarter AND kind = 'prefecture' AND population > 0
    AND accession NOT IN (SELECT supersedes FROM submissions WHERE supersedes IS NOT NULL)
    AND submissions.reporter NOT IN (SELECT reporter FROM senders)
    AND tab = 'inputs' AND field = 'value' AND entries.number > 0
