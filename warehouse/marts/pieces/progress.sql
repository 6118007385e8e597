-- One row per obligation of the quarter, with what the reporter's accepted submission says of the item, and its figures of this
-- quarter in the plan's order: NULL with the state 'not_applicable' or 'blank', and without a state where there is none.
WITH asked AS (
    SELECT * FROM reporting WHERE piece = getvariable('piece')
), said AS (
    SELECT e.accession, e.key::INTEGER AS item,
           max(e.text) FILTER (e.field = 'status') AS status,
           max(coalesce(e.text, e.typed)) FILTER (e.field = 'done') AS done,
           max(coalesce(e.text, e.typed)) FILTER (e.field = 'problems') AS problems,
           max(coalesce(e.text, e.typed)) FILTER (e.field = 'next') AS next,
           max(e.day) FILTER (e.field = 'expected_on') AS expected_on,
           max(coalesce(e.text, e.typed)) FILTER (e.field = 'explanation') AS explanation
    FROM told e
    SEMI JOIN asked r ON r.accession = e.accession
    WHERE e.edition = 'now' AND e.tab = 'progress'
    GROUP BY e.accession, e.key
), own_measures AS (
    FROM owed_measures SEMI JOIN scope USING (registry) SEMI JOIN asked USING (reporter)
), figured AS (
    SELECT m.item, o.reporter,
           list({place: m.place, owed: w.reporter IS NOT NULL, state: f.state,
                 value: exact_ratio(f.numerator, f.denominator)}) AS figures
    FROM scope
    JOIN measures m USING (registry)
    JOIN owed o ON o.item = m.item
    SEMI JOIN asked USING (reporter)
    LEFT JOIN own_measures w ON w.measure = m.measure AND w.reporter = o.reporter
    LEFT JOIN figures f ON f.edition = 'now' AND f.piece = getvariable('piece') AND f.number = scope.number AND f.measure = m.measure
        AND f.reporter = o.reporter
    GROUP BY m.item, o.reporter
)
SELECT o.item, o.reporter, o.role, r.place, r.name, r.kind, r.state, r.accession, s.status, s.expected_on,
       coalesce(s.done, '') AS done, coalesce(s.problems, '') AS problems, coalesce(s.next, '') AS next,
       coalesce(s.explanation, '') AS explanation, c.reporter IS NOT NULL AS consolidates,
       list_sort(coalesce(f.figures, [])) AS figures
FROM scope
JOIN owed o ON true
JOIN asked r USING (reporter)
LEFT JOIN said s ON s.accession = r.accession AND s.item = o.item
LEFT JOIN figured f ON f.item = o.item AND f.reporter = o.reporter
LEFT JOIN consolidators c ON c.registry = scope.registry AND c.item = o.item AND c.reporter = o.reporter
