-- One row per reporter x measure x quarter: what it reported, as numerator over denominator (a count's is 1), with corrections
-- and as it was typed. `state`: 'value', 'not_applicable', or 'blank' where something is missing. What others are compared with
-- stands here under its own rules and, where those have changed, once more under those of now.
WITH ruled AS (
    SELECT 'now' AS edition, 'now' AS source, registry FROM scope
    UNION ALL
    SELECT comparison, comparison, registry FROM comparisons
    UNION ALL
    SELECT c.ruled, c.comparison, scope.registry FROM scope JOIN comparisons c ON c.ruled <> c.comparison
), typed AS (
    SELECT u.edition, p.until, p.quarter, p.number, i.registry, i.measure, p.reporter, p.accession, p.received_at, p.piece,
           CASE WHEN bool_or(e.state = 'not_applicable') THEN 'not_applicable'
                WHEN bool_and(e.state = 'value' AND e.number IS NOT NULL) THEN 'value'
                ELSE 'blank' END AS state,
           max(e.number) FILTER (i.part IN ('value', 'numerator')) AS numerator,
           max(e.number) FILTER (i.part = 'denominator') AS denominator,
           bool_and(e.typed_state = 'value' AND e.typed_number IS NOT NULL) AS is_typed,
           max(e.typed_number) FILTER (i.part IN ('value', 'numerator')) AS typed_numerator,
           max(e.typed_number) FILTER (i.part = 'denominator') AS typed_denominator,
           bool_or(e.correction IS NOT NULL) AS corrected
    FROM ruled u
    JOIN inputs i USING (registry)
    JOIN owed_inputs o USING (registry, input)
    JOIN pinned p ON p.edition = u.source AND p.reporter = o.reporter AND p.current AND p.piece = getvariable('piece')
    JOIN told e ON e.edition = p.edition AND e.accession = p.accession AND e.tab = 'inputs' AND e.field = 'value' AND e.key = i.input
    GROUP BY ALL
)
SELECT t.edition, t.until, t.quarter, t.number, t.registry, t.measure, t.reporter, r.place, t.accession, t.received_at, t.piece, t.state,
       t.corrected,
       CASE WHEN t.state = 'value' THEN t.numerator END AS numerator,
       CASE WHEN t.state = 'value' THEN denominator_of(m.aggregate, m.reference, m.per, r.population, t.denominator) END AS denominator,
       CASE WHEN t.is_typed THEN t.typed_numerator END AS typed_numerator,
       CASE WHEN t.is_typed THEN denominator_of(m.aggregate, m.reference, m.per, r.population, t.typed_denominator) END AS typed_denominator
FROM typed t
JOIN measures m USING (registry, measure)
JOIN reporters r USING (registry, reporter)
