-- 本期变化: every measure whose figure is not that of the base publication, one row per reporter that changed it. Reporters
-- are put over one after another in the plan's order, so that their effects add up to the difference.
WITH paired AS (
    SELECT coalesce(n.measure, b.measure) AS measure, coalesce(n.reporter, b.reporter) AS reporter,
           coalesce(n.place, b.place) AS place,
           b.corrected AS before_corrected, n.corrected AS after_corrected, b.accession AS before_accession, n.accession AS after_accession,
           b.numerator AS n0, b.denominator AS d0, n.numerator AS n1, n.denominator AS d1, b.recency AS r0, n.recency AS r1
    FROM (SELECT * FROM standing WHERE edition = (SELECT CASE WHEN base IS NULL THEN 'before' ELSE 'base' END FROM scope)) b
    FULL JOIN (SELECT * FROM standing WHERE edition = 'now') n ON n.measure = b.measure AND n.reporter = b.reporter
), stepped AS (
    SELECT p.*, m.place AS measure_place, m.aggregate, m.item, m.title, m.unit,
           sum(n0) OVER everyone AS before_n, sum(d0) OVER everyone AS before_d,
           max(n0) OVER everyone AS before_max, arg_max(n0, r0) OVER everyone AS before_latest,
           sum(coalesce(n1, 0) - coalesce(n0, 0)) OVER so_far AS shift_n,
           sum(coalesce(d1, 0) - coalesce(d0, 0)) OVER so_far AS shift_d,
           greatest(max(n1) OVER so_far, max(n0) OVER still) AS step_max,
           CASE WHEN coalesce(max(r1) OVER so_far, 0) >= coalesce(max(r0) OVER still, 0) THEN arg_max(n1, r1) OVER so_far
                ELSE arg_max(n0, r0) OVER still END AS step_latest
    FROM scope JOIN measures m USING (registry) JOIN paired p USING (measure)
    WINDOW everyone AS (PARTITION BY p.measure),
           so_far AS (PARTITION BY p.measure ORDER BY p.place ROWS UNBOUNDED PRECEDING),
           still AS (PARTITION BY p.measure ORDER BY p.place ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)
), valued AS (
    SELECT *,
           CASE aggregate WHEN 'ratio' THEN exact_ratio(before_n, before_d) WHEN 'sum' THEN before_n
                          WHEN 'max' THEN before_max ELSE before_latest END::DECIMAL(24, 6) AS base_value,
           CASE aggregate WHEN 'ratio' THEN exact_ratio(coalesce(before_n, 0) + shift_n, coalesce(before_d, 0) + shift_d)
                          WHEN 'sum' THEN coalesce(before_n, 0) + shift_n
                          WHEN 'max' THEN step_max ELSE step_latest END::DECIMAL(24, 6) AS step_value
    FROM stepped
), told AS (
    SELECT v.*, last_value(step_value) OVER whole AS now_value,
           coalesce(step_value, 0) - coalesce(lag(step_value, 1, base_value) OVER in_order, 0) AS effect
    FROM valued v
    WINDOW in_order AS (PARTITION BY measure ORDER BY place),
           whole AS (PARTITION BY measure ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
)
SELECT t.item, t.measure, t.title, t.unit, t.base_value, t.now_value,
       coalesce(t.now_value, 0) - coalesce(t.base_value, 0) AS difference, r.name AS reporter,
       CASE WHEN t.n0 IS NULL THEN '新报入' WHEN t.n1 IS NULL THEN '不再计入'
            WHEN t.before_accession = t.after_accession AND (t.before_corrected OR t.after_corrected) THEN '台账更正' ELSE '数据更新' END AS cause,
       coalesce(t.before_accession, '') AS before_accession, coalesce(t.after_accession, '') AS after_accession, t.effect
FROM scope JOIN told t ON true JOIN reporters r ON r.registry = scope.registry AND r.reporter = t.reporter
WHERE coalesce(scope.base, scope.before) IS NOT NULL AND (t.n0 IS DISTINCT FROM t.n1 OR t.d0 IS DISTINCT FROM t.d1)
  AND (t.base_value IS DISTINCT FROM t.now_value OR t.effect <> 0)
ORDER BY t.measure_place, t.place
