-- findings.csv: every finding of this quarter's submissions, those that were sent back as well.
SELECT f.accession, coalesce(r.name, '') AS reporter, p.verdict, f.rule, f.severity, f.item, f.sheet, f.cells, f.value,
       f.message, f.remedy, f.settled, f.because
FROM scope
JOIN pinned p ON p.edition = 'now' AND p.quarter = scope.quarter
JOIN findings f USING (accession)
LEFT JOIN reporters r ON r.registry = scope.registry AND r.reporter = p.reporter
ORDER BY f.accession, f.place
