SELECT placed.*, lacking.* EXCLUDE (accession)
FROM lacking
JOIN placed USING (accession)
ORDER BY plan, quarter, reporter, accession, item
