-- 情况说明: what the accepted submissions of the quarter said of doubts about them.
SELECT r.name, f.item, coalesce(i.title, '') AS item_title, f.rule, f.sheet, f.cells, f.value, f.message, f.because
FROM scope
JOIN pinned p ON p.edition = 'now' AND p.current AND p.quarter = scope.quarter
JOIN findings f ON f.accession = p.accession AND f.settled = 'explained'
JOIN reporters r ON r.registry = scope.registry AND r.reporter = p.reporter
LEFT JOIN items i ON i.registry = scope.registry AND i.item = f.item
ORDER BY f.item NULLS LAST, r.place, f.place
