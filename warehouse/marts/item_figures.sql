-- The figures of the item sheets: reporter x measure of this quarter; NULL with 'not_applicable' or 'blank'.
SELECT f.measure, f.reporter, f.state, exact_ratio(f.numerator, f.denominator) AS value
FROM scope
JOIN figures f ON f.edition = 'now' AND f.number = scope.number
ORDER BY f.measure, f.place
