-- The submissions of a quarter with one of these rules among their findings.
SELECT accession, s.reporter, name, file_name AS file, folder, received_at, list(DISTINCT rule ORDER BY rule) AS doubtful
FROM submissions s
JOIN findings USING (accession)
LEFT JOIN reporters r ON r.registry = s.registry AND r.reporter = s.reporter
WHERE quarter = $quarter AND accession >= $quarter AND accession < $quarter || '~' AND list_contains($rules::VARCHAR[], rule)
GROUP BY ALL
ORDER BY accession
