-- Every pinned submission, for the manifest.
SELECT p.accession, p.quarter, p.reporter, s.digest, p.verdict, p.current, p.received_at
FROM pinned p JOIN submissions s USING (accession)
WHERE p.edition = 'now'
ORDER BY p.accession
