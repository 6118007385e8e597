-- The submissions that a publication pins.
SELECT s.accession, s.quarter, s.reporter, s.digest, s.verdict, p.current
FROM publication_submissions p JOIN submissions s USING (accession)
WHERE p.publication = $publication
ORDER BY s.accession
