-- Everything typed in some submissions, with the cell it stands in. By the numbers of rows, or else DuckDB unpacks what was typed
-- in all others as well.
SELECT accession, tab, key, field, typed, sheet, row, address
FROM entries
WHERE rowid IN (SELECT rowid FROM entries WHERE accession IN (SELECT unnest($accessions)))
ORDER BY accession, tab, row, address;
