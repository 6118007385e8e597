-- How many findings of each severity the submissions have that a publication pins.
SELECT f.accession, f.severity, count(*) AS findings
FROM publication_submissions p JOIN findings f USING (accession)
WHERE p.publication = $publication
GROUP BY ALL
ORDER BY ALL
