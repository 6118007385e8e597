-- What each reporter put into a measure, step by step from what the publication is compared with to now (see `comparisons`), as
-- numerator, denominator and recency; of every measure in which anything differs. `sent_then` and `sent_now` are the accepted
-- submissions of the compared quarter and of the present one.
WITH redefined AS (
    SELECT c.comparison, n.measure
    FROM scope
    JOIN comparisons c ON c.registry <> scope.registry
    JOIN measures n ON n.registry = scope.registry
    JOIN measures b ON b.registry = c.registry AND b.measure = n.measure
    WHERE (n.unit, n.aggregate, n.figures, n.reference, n.per) IS DISTINCT FROM (b.unit, b.aggregate, b.figures, b.reference, b.per)
), put AS (
    SELECT c.comparison, s.measure, s.reporter,
           any_value({n: s.numerator, d: s.denominator, r: s.recency}) FILTER (s.edition = c.comparison) AS published,
           any_value({n: s.numerator, d: s.denominator, r: s.recency}) FILTER (s.edition = c.ruled) AS ruled,
           any_value({n: s.numerator, d: s.denominator, r: s.recency}) FILTER (s.edition = c.typed) AS typed,
           any_value({n: s.numerator, d: s.denominator, r: s.recency}) FILTER (s.edition = c.between) AS between,
           any_value({n: s.numerator, d: s.denominator, r: s.recency}) FILTER (s.edition = c.now_typed) AS now_typed,
           any_value({n: s.numerator, d: s.denominator, r: s.recency}) FILTER (s.edition = 'now') AS now
    FROM comparisons c
    JOIN standing s ON s.edition IN (c.comparison, c.ruled, c.typed, c.between, c.now_typed, 'now')
    GROUP BY ALL
), known AS (
    SELECT p.*, c.quarter <> scope.quarter AS later, t.reporter IS NOT NULL AS owed_then, n.reporter IS NOT NULL AS owed_now,
           coalesce(r.place, b.place) AS place, coalesce(r.name, b.name) AS name,
           coalesce(st.accession, '') AS sent_then, coalesce(sn.accession, '') AS sent_now
    FROM scope
    JOIN comparisons c ON true
    JOIN put p USING (comparison)
    LEFT JOIN owed_measures t ON t.registry = c.registry AND t.measure = p.measure AND t.reporter = p.reporter
    LEFT JOIN owed_measures n ON n.registry = scope.registry AND n.measure = p.measure AND n.reporter = p.reporter
    LEFT JOIN reporters r ON r.registry = scope.registry AND r.reporter = p.reporter
    LEFT JOIN reporters b ON b.registry = c.registry AND b.reporter = p.reporter
    LEFT JOIN pinned st ON st.edition = c.comparison AND st.current AND st.quarter = c.quarter AND st.reporter = p.reporter
    LEFT JOIN pinned sn ON sn.edition = 'now' AND sn.current AND sn.quarter = scope.quarter AND sn.reporter = p.reporter
)
SELECT *
FROM known
QUALIFY bool_or(published IS DISTINCT FROM now OR published IS DISTINCT FROM ruled
                OR measure IN (SELECT m.measure FROM redefined m WHERE m.comparison = known.comparison)) OVER (PARTITION BY comparison, measure)
ORDER BY comparison, measure, place, reporter
