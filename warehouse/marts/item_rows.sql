-- The rows of the item sheets and of 市州进度: every reporter that owes an item, leads first.
SELECT p.item, p.reporter, p.name, p.kind, p.role, p.state, p.accession, p.status, l.light, l.computed, l.formula,
       coalesce(p.status = 'done' AND l.computed AND l.light <> 'done', false) AS contradicted,
       p.done, p.problems, p.next, p.expected_on, p.explanation
FROM scope
JOIN progress p ON true
JOIN lights l ON l.publication = scope.publication AND l.scope = 'reporter_item' AND l.item = p.item
             AND l.reporter = p.reporter
ORDER BY p.item, CASE p.role WHEN 'lead' THEN 1 WHEN 'support' THEN 2 ELSE 3 END, p.place
