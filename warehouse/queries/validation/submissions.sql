-- The submissions of a run.
SELECT accession, s.reporter, name, file_name, verdict, punctuality.late
FROM submissions s
JOIN punctuality USING (accession)
LEFT JOIN reporters USING (registry, reporter)
WHERE list_contains($accessions, accession)
ORDER BY accession
