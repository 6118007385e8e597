-- The province's figure of every measure of the staged edition, and what it is held against.
SELECT m.measure, m.item, m.title, m.unit, l.value, l.target,
       due_figure(m.target, share_due(m.schedule, scope.quarter, m.target_by)) AS due, p.reported, p.owed
FROM scope
JOIN measures m USING (registry)
JOIN lights l ON l.publication = scope.publication AND l.scope = 'measure' AND l.subject = m.measure
JOIN province p ON p.measure = m.measure AND p.number = scope.number
ORDER BY m.place
