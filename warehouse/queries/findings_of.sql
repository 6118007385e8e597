-- The findings of some submissions, worst first.
SELECT accession, place, rule, severity, item, sheet, cells, value, message, remedy
FROM findings
WHERE accession IN $accessions
ORDER BY accession, place;
