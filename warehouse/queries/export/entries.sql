SELECT placed.*, entries.* EXCLUDE (accession)
FROM entries
JOIN placed USING (accession)
ORDER BY plan, quarter, reporter, accession, tab, row, address
