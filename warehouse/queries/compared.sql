-- Some submissions, for whoever compares them: whose, of which quarter, and whether anything was read from them.
SELECT accession, quarter, s.reporter, coalesce(name, '') AS name, verdict, file_name,
    EXISTS (FROM entries WHERE entries.accession = s.accession) AS has_content
FROM submissions s
LEFT JOIN reporters r ON r.registry = s.registry AND r.reporter = s.reporter
WHERE accession IN $accessions
