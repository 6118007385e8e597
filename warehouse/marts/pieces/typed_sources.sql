-- 数据来源: every typed cell that a published figure was made from, of this and the year's earlier quarters, and how the
-- province's figure of that quarter follows from them.
CREATE OR REPLACE TEMP TABLE typed_cells AS
SELECT e.accession, e.key AS input, e.sheet || '!' || e.address AS cell, e.typed,
       CASE WHEN e.state = 'value' THEN e.number END AS number, e.state, e.correction
FROM told e
WHERE e.edition = 'now' AND e.tab = 'inputs' AND e.field = 'value'
  AND (e.state IN ('value', 'not_applicable') OR e.correction IS NOT NULL);

WITH arithmetic AS (
    SELECT p.measure, p.number,
           CASE m.aggregate
               WHEN 'sum' THEN p.counted || CASE WHEN p.counted = 1 THEN ' 家填报 = ' ELSE ' 家相加 = ' END || as_read(p.value, m.unit)
               WHEN 'ratio' THEN '分子合计 ' || plain(p.numerator) || ' ÷ '
                   || CASE WHEN m.reference = 'population' THEN '常住人口合计（÷' || m.per || '）' ELSE '分母合计 ' END
                   || plain(p.denominator) || '，得 ' || coalesce(as_read(p.value, m.unit), '无（分母为 0）')
               WHEN 'max' THEN p.counted || ' 家取最大 = ' || as_read(p.value, m.unit)
               ELSE '取最后报送的数 = ' || as_read(p.value, m.unit) END AS words
    FROM scope JOIN measures m USING (registry) JOIN province p USING (measure)
    WHERE p.counted > 0
)
SELECT i.input, i.title, r.name, p.accession, s.digest, e.cell, e.typed, e.number, e.state, coalesce(a.words, '') AS arithmetic, e.correction,
       i.place AS input_place, p.number AS quarter_number, r.place AS reporter_place
FROM scope
JOIN typed_cells e ON true
JOIN pinned p ON p.edition = 'now' AND p.current AND p.piece = getvariable('piece') AND p.accession = e.accession
JOIN owed_inputs o ON o.registry = scope.registry AND o.input = e.input AND o.reporter = p.reporter
JOIN inputs i ON i.registry = scope.registry AND i.input = e.input
JOIN reporters r ON r.registry = scope.registry AND r.reporter = p.reporter
JOIN submissions s ON s.accession = e.accession
LEFT JOIN arithmetic a ON a.measure = i.measure AND a.number = p.number
