-- The rows of the item sheets and of 市州进度: every reporter that owes an item, leads first, with its figures of this quarter.
WITH reporter_lights AS (
    SELECT l.item, l.reporter, l.light, l.computed, l.judged FROM scope JOIN lights l USING (publication)
    WHERE l.scope = 'reporter_item'
), placed AS (  -- without the texts, which would be sorted once more
    SELECT item, reporter,
           row_number() OVER (PARTITION BY item ORDER BY CASE role WHEN 'lead' THEN 1 WHEN 'support' THEN 2 ELSE 3 END, place) AS nth
    FROM progress
)
SELECT p.item, n.nth, p.reporter, p.name, p.kind, p.role, p.state, p.accession, p.status, l.light, l.computed,
       (p.status = 'done' AND (l.computed AND l.judged <> 'done' OR (w.contradicted AND p.consolidates))) IS TRUE AS contradicted,
       p.done, p.problems, p.next, p.expected_on, p.explanation, p.figures
FROM progress p
-- whoever answers for an item and calls it done is held against the item's light, where all of them say so
LEFT JOIN (
    SELECT p.item, bool_and(coalesce(p.status = 'done', false)) AND any_value(i.computed AND i.judged <> 'done') AS contradicted
    FROM scope
    JOIN progress p ON p.consolidates AND p.status IS DISTINCT FROM 'not_applicable'
    JOIN lights i ON i.publication = scope.publication AND i.scope = 'item' AND i.item = p.item
    GROUP BY p.item) w ON w.item = p.item
JOIN placed n ON n.item = p.item AND n.reporter = p.reporter
JOIN reporter_lights l ON l.item = p.item AND l.reporter = p.reporter
ORDER BY p.item, n.nth
