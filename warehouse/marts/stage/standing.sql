-- One row per reporter x measure and view: where it stands in the year, which is what lights are made of. Figures to date
-- and latest ones are the quarter's own and never summed over quarters; those of single quarters add up.
CREATE OR REPLACE TEMP TABLE standing AS
WITH read AS (
    SELECT v.edition, v.until, f.registry, f.measure, f.reporter, f.place, f.accession, f.number, f.received_at, f.corrected,
           CASE WHEN v.typed THEN f.typed_numerator ELSE f.numerator END AS numerator,
           CASE WHEN v.typed THEN f.typed_denominator ELSE f.denominator END AS denominator
    FROM views v
    JOIN figures f ON f.edition = v.source AND f.number <= v.until
    WHERE f.state = 'value' OR v.typed
), summed AS (
    SELECT f.edition, f.until, f.measure, f.reporter, f.place, arg_max(f.accession, f.number) AS accession,
           bool_or(f.corrected) AS corrected,
           -- orders reporters where the latest of them counts
           epoch_us(max(f.received_at))::HUGEINT * 1000000 + f.place AS recency,
           CASE WHEN m.figures = 'in_quarter' AND m.aggregate IN ('sum', 'ratio') THEN sum(f.numerator)
                WHEN m.figures = 'in_quarter' AND m.aggregate = 'max' THEN max(f.numerator)
                ELSE max(f.numerator) FILTER (f.number = f.until) END::DECIMAL(24, 6) AS numerator,
           CASE WHEN m.figures = 'in_quarter' AND m.aggregate = 'ratio' AND m.reference IS NULL THEN sum(f.denominator)
                WHEN m.figures = 'in_quarter' AND m.aggregate <> 'latest' THEN max(f.denominator)
                ELSE max(f.denominator) FILTER (f.number = f.until) END::DECIMAL(24, 6) AS denominator
    FROM read f
    JOIN measures m USING (registry, measure)
    WHERE f.numerator IS NOT NULL
    GROUP BY f.edition, f.until, f.measure, f.reporter, f.place, m.figures, m.aggregate, m.reference
)
SELECT *, exact_ratio(numerator, denominator) AS value
FROM summed
WHERE numerator IS NOT NULL
