-- What reporters have written of their items in a quarter, in every submission, in order of arrival: those of one run were
-- received at one time, and stand in the order of their files. `standing` are those of the submissions that are accepted;
-- the others only tell who wrote a text first.
SELECT reporter, item, typed AS text, row_number() OVER (ORDER BY received_at, submissions.rowid) AS place,
    verdict = 'accepted' AND accession NOT IN (SELECT supersedes FROM submissions WHERE supersedes IS NOT NULL) AS standing
FROM submissions
JOIN entries USING (accession)
WHERE quarter = $quarter AND verdict <> 'set_aside' AND tab = 'progress' AND field = 'done' AND state = 'value'
