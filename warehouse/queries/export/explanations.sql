SELECT placed.*, explanations.* EXCLUDE (accession, reporter)
FROM explanations
JOIN placed USING (accession)
ORDER BY plan, quarter, reporter, accession, rule, item, subject
