-- One row per reporter x measure and view: where it stands in the year, which is what lights are made of. Figures to date
-- and latest ones are the quarter's own and never summed over quarters; those of single quarters add up.
CREATE OR REPLACE TEMP TABLE standing AS
WITH summed AS (
    SELECT v.edition, v.until, f.measure, f.reporter, f.place, arg_max(f.accession, f.number) AS accession,
           bool_or(f.corrected) AS corrected,
           -- orders reporters where the latest of them counts
           epoch_us(max(f.received_at))::HUGEINT * 1000000 + f.place AS recency,
           CASE WHEN m.figures = 'in_quarter' AND m.aggregate IN ('sum', 'ratio') THEN sum(f.numerator)
                WHEN m.figures = 'in_quarter' AND m.aggregate = 'max' THEN max(f.numerator)
                ELSE max(f.numerator) FILTER (f.number = v.until) END::DECIMAL(24, 6) AS numerator,
           CASE WHEN m.figures = 'in_quarter' AND m.aggregate = 'ratio' AND m.reference IS NULL THEN sum(f.denominator)
                WHEN m.figures = 'in_quarter' AND m.aggregate <> 'latest' THEN max(f.denominator)
                ELSE max(f.denominator) FILTER (f.number = v.until) END::DECIMAL(24, 6) AS denominator
    FROM scope
    JOIN measures m USING (registry)
    JOIN figures f USING (measure)
    JOIN views v ON v.source = f.edition AND f.number <= v.until
    WHERE f.state = 'value'
    GROUP BY v.edition, v.until, f.measure, f.reporter, f.place, m.figures, m.aggregate, m.reference
)
SELECT *, exact_ratio(numerator, denominator) AS value
FROM summed
WHERE numerator IS NOT NULL
