-- Every light of the publication, the reporters' as well, with what it was made of.
SELECT l.scope, l.item, l.subject, l.reporter, l.value, l.target, l.schedule, l.threshold, l.formula, l.light, l.computed
FROM scope JOIN lights l USING (publication)
ORDER BY l.reporter, l.scope, l.item, l.subject
