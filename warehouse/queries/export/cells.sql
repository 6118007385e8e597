SELECT placed.*, cells.* EXCLUDE (accession)
FROM cells
JOIN placed USING (accession)
ORDER BY plan, quarter, reporter, accession, sheet, row, col
