-- 豁免: every waiver of the quarter in the ledger's order, then what was lifted by waivers that are no longer in it; each
-- with what it lifted in submissions that stand.
WITH record AS (
    SELECT unnest(from_json(json_extract(p.ledgers, '$.waivers'), '[{
        "number": "INTEGER", "reporter": "VARCHAR", "rule": "VARCHAR", "item": "INTEGER", "input": "VARCHAR",
        "because": "VARCHAR"}]'), recursive := true)
    FROM scope JOIN publications p USING (publication)
), lifted AS (
    SELECT p.reporter, f.rule, f.because,
           string_agg(p.accession || ' ' || f.sheet || CASE WHEN len(f.cells) > 0 THEN '!' ELSE '' END
                      || array_to_string(f.cells, '、'), '；' ORDER BY p.accession, f.place) AS cells
    FROM scope
    JOIN pinned p ON p.edition = 'now' AND p.current AND p.quarter = scope.quarter
    JOIN findings f ON f.accession = p.accession AND f.settled = 'waived'
    GROUP BY ALL
), told AS (
    SELECT w.number, coalesce(w.reporter, l.reporter) AS reporter, coalesce(w.rule, l.rule) AS rule, w.item, w.input,
           coalesce(w.because, l.because) AS because, coalesce(l.cells, '') AS lifted
    FROM record w
    FULL JOIN lifted l ON l.reporter = w.reporter AND l.rule = w.rule AND l.because = w.because
)
SELECT t.number, r.name, t.rule, t.item, i.title AS input, t.because, t.lifted
FROM scope
JOIN told t ON true
JOIN reporters r ON r.registry = scope.registry AND r.reporter = t.reporter
LEFT JOIN inputs i ON i.registry = scope.registry AND i.input = t.input
ORDER BY t.number NULLS LAST, r.place, t.rule
