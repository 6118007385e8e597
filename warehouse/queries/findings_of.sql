-- The findings of some submissions, worst first.
SELECT accession, place, rule, severity, item, sheet, cells, value, message, remedy, settled, because
FROM findings
WHERE accession IN (SELECT unnest($accessions))
ORDER BY accession, place;
