-- The records of the pinned submissions.
SELECT record FROM submission_records ORDER BY accession
