SELECT placed.*, findings.* EXCLUDE (accession)
FROM findings
JOIN placed USING (accession)
ORDER BY plan, quarter, reporter, accession, place
