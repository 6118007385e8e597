-- Everything typed in some submissions, with the cell it stands in.
SELECT accession, tab, key, field, typed, sheet, row, address
FROM entries
WHERE accession IN $accessions
ORDER BY accession, tab, row, address;
