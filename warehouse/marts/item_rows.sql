-- The rows of the item sheets and of 市州进度: every reporter that owes an item, leads first, with its figures of this quarter
-- in the plan's order: NULL with the state 'not_applicable' or 'blank', and without a state where there is none.
WITH owed_measures AS (
    SELECT DISTINCT i.measure, o.reporter FROM scope JOIN inputs i USING (registry) JOIN owed_inputs o USING (registry, input)
), told AS (
    SELECT m.item, p.reporter,
           list({measure: m.measure, owed: o.reporter IS NOT NULL, state: f.state, value: exact_ratio(f.numerator, f.denominator)}
                ORDER BY m.place) AS figures
    FROM scope
    JOIN measures m USING (registry)
    JOIN progress p ON p.item = m.item
    LEFT JOIN owed_measures o ON o.measure = m.measure AND o.reporter = p.reporter
    LEFT JOIN figures f ON f.edition = 'now' AND f.number = scope.number AND f.measure = m.measure AND f.reporter = p.reporter
    GROUP BY m.item, p.reporter
), reporter_lights AS (
    SELECT l.item, l.reporter, l.light, l.computed, l.judged FROM scope JOIN lights l USING (publication)
    WHERE l.scope = 'reporter_item'
)
SELECT p.item, row_number() OVER in_order AS nth, p.reporter, p.name, p.kind, p.role, p.state, p.accession, p.status, l.light, l.computed,
       (p.status = 'done' AND (l.computed AND l.judged <> 'done' OR (w.contradicted AND p.consolidates))) IS TRUE AS contradicted,
       p.done, p.problems, p.next, p.expected_on, p.explanation, coalesce(t.figures, []) AS figures
FROM progress p
-- whoever answers for an item and calls it done is held against the item's light, where all of them say so
LEFT JOIN (
    SELECT p.item, bool_and(coalesce(p.status = 'done', false)) AND any_value(i.computed AND i.judged <> 'done') AS contradicted
    FROM scope
    JOIN progress p ON p.consolidates AND p.status IS DISTINCT FROM 'not_applicable'
    JOIN lights i ON i.publication = scope.publication AND i.scope = 'item' AND i.item = p.item
    GROUP BY p.item) w ON w.item = p.item
JOIN reporter_lights l ON l.item = p.item AND l.reporter = p.reporter
LEFT JOIN told t ON t.item = p.item AND t.reporter = p.reporter
WINDOW in_order AS (PARTITION BY p.item ORDER BY CASE p.role WHEN 'lead' THEN 1 WHEN 'support' THEN 2 ELSE 3 END, p.place)
ORDER BY p.item, nth
