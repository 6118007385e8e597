-- One row per reporter x measure x quarter: what it reported, as numerator over denominator (a count's is 1).
-- `state`: 'value', 'not_applicable', or 'blank' where something is missing.
CREATE OR REPLACE TEMP TABLE figures AS
WITH typed AS (
    SELECT p.edition, p.until, p.quarter, p.number, i.registry, i.measure, p.reporter, p.accession, p.received_at,
           CASE WHEN bool_or(e.state = 'not_applicable') THEN 'not_applicable'
                WHEN bool_and(e.state = 'value' AND e.number IS NOT NULL) THEN 'value'
                ELSE 'blank' END AS state,
           max(e.number) FILTER (i.part IN ('value', 'numerator')) AS numerator,
           max(e.number) FILTER (i.part = 'denominator') AS denominator,
           bool_or(e.correction IS NOT NULL) AS corrected
    FROM scope
    JOIN inputs i USING (registry)
    JOIN owed_inputs o USING (registry, input)
    JOIN pinned p ON p.reporter = o.reporter AND p.current
    JOIN told e ON e.edition = p.edition AND e.accession = p.accession AND e.tab = 'inputs' AND e.field = 'value' AND e.key = i.input
    GROUP BY ALL
)
SELECT t.edition, t.until, t.quarter, t.number, t.measure, t.reporter, r.place, t.accession, t.received_at, t.state, t.corrected,
       CASE WHEN t.state = 'value' THEN t.numerator END AS numerator,
       CASE WHEN t.state <> 'value' THEN NULL
            WHEN m.reference = 'population' THEN exact_ratio(r.population, m.per)
            WHEN m.aggregate = 'ratio' THEN t.denominator
            ELSE 1 END::DECIMAL(24, 6) AS denominator
FROM typed t
JOIN measures m USING (registry, measure)
JOIN reporters r USING (registry, reporter)
