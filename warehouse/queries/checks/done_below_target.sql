-- Said to be done, while a figure of the item that has a target of the reporter's own falls short of it. Figures of single
-- quarters add up over the year.
WITH figure AS (
    SELECT e.file, e.reporter, e.item, inputs.measure,
        max(e.number) FILTER (inputs.part <> 'denominator') AS numerator,
        max(e.number) FILTER (inputs.part = 'denominator') AS denominator,
        bool_and(e.number IS NOT NULL) AS known
    FROM owed_entries e
    SEMI JOIN (FROM statuses WHERE status = 'done') USING (file, item)
    JOIN inputs ON inputs.input = e.key
    WHERE e.tab = 'inputs' AND e.field = 'value'
    GROUP BY ALL
), measured AS (
    SELECT figure.file, figure.item, measures.place, measures.title, measures.unit, targets.target,
        numerator + CASE WHEN measures.figures = 'in_quarter' AND aggregate = 'sum' THEN coalesce(earlier.number, 0) ELSE 0 END
            AS numerator,
        CASE WHEN aggregate <> 'ratio' THEN 1
            WHEN reference = 'population' THEN population / per::DOUBLE
            ELSE denominator END AS denominator
    FROM figure
    JOIN measures USING (measure)
    JOIN targets USING (measure, reporter)
    JOIN reporters USING (reporter)
    LEFT JOIN earlier_sums earlier ON earlier.reporter = figure.reporter AND earlier.input = figure.measure
    WHERE known
), short AS (
    SELECT file, item, string_agg(
        '“' || title || '”是 ' || CASE unit WHEN '%' THEN plain(round(numerator / denominator * 100, 2)) || '%'
            ELSE plain(round(numerator / denominator, 2)) || ' ' || unit END
        || '（目标 ' || CASE unit WHEN '%' THEN plain(target * 100) || '%' ELSE plain(target) || ' ' || unit END || '）',
        '、' ORDER BY place) AS below
    FROM measured
    WHERE denominator > 0 AND numerator < target * denominator
    GROUP BY ALL
)
SELECT e.file, e.tab, e.sheet, e.key, e.item, e.field, e.address, below AS value, json_object('below', below) AS details
FROM owed_entries e
JOIN statuses USING (file, item)
JOIN short USING (file, item)
WHERE e.tab = 'progress' AND e.field = 'status' AND status = 'done'
