-- The submissions of a run, which is of one quarter.
SELECT accession, s.reporter, name, file_name, verdict, punctuality.late
FROM submissions s
JOIN punctuality USING (accession, quarter)
LEFT JOIN reporters USING (registry, reporter)
WHERE quarter = $quarter AND accession IN (SELECT unnest($accessions))
ORDER BY accession
