-- One row per measure x quarter of the year: the province's own figure of that quarter, and who is in it.
-- `reported` counts those with a figure or 不适用; `stood` is the year's figure
-- at that quarter's end.
CREATE OR REPLACE TEMP TABLE province AS
WITH quarterly AS (
    SELECT f.measure, f.number,
           count(*) FILTER (f.state <> 'blank') AS reported, count(*) FILTER (f.state = 'value') AS counted,
           sum(f.numerator) AS numerator, sum(f.denominator) AS denominator,
           CASE any_value(m.aggregate)
               WHEN 'ratio' THEN exact_ratio(sum(f.numerator), sum(f.denominator))
               WHEN 'sum' THEN sum(f.numerator)
               WHEN 'max' THEN max(f.numerator)
               ELSE arg_max(f.numerator, epoch_us(f.received_at)::HUGEINT * 1000000 + f.place) END::DECIMAL(24, 6) AS value
    FROM figures f
    JOIN scope ON true
    JOIN measures m ON m.registry = scope.registry AND m.measure = f.measure
    WHERE f.edition = 'now'
    GROUP BY f.measure, f.number
), stood AS (
    SELECT s.measure, s.until, sum(s.numerator) AS numerator, sum(s.denominator) AS denominator,
           CASE any_value(m.aggregate)
               WHEN 'ratio' THEN exact_ratio(sum(s.numerator), sum(s.denominator))
               WHEN 'sum' THEN sum(s.numerator)
               WHEN 'max' THEN max(s.numerator)
               ELSE arg_max(s.numerator, s.recency) END::DECIMAL(24, 6) AS value
    FROM standing s
    JOIN scope ON true
    JOIN measures m ON m.registry = scope.registry AND m.measure = s.measure
    WHERE s.edition IN ('now', 'past')
    GROUP BY s.measure, s.until
), owed AS (
    SELECT measure, count(*) AS owed FROM scope JOIN owed_measures USING (registry) GROUP BY measure
)
SELECT m.measure, n.number, q.value, q.numerator, q.denominator, coalesce(q.reported, 0) AS reported,
       coalesce(q.counted, 0) AS counted, coalesce(owed.owed, 0) AS owed,
       stood.value AS stood, stood.numerator AS stood_numerator, stood.denominator AS stood_denominator
FROM scope
JOIN measures m USING (registry)
JOIN range(1, scope.number + 1) n(number) ON true
LEFT JOIN quarterly q ON q.measure = m.measure AND q.number = n.number
LEFT JOIN stood ON stood.measure = m.measure AND stood.until = n.number
LEFT JOIN owed ON owed.measure = m.measure
