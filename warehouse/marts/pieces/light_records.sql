-- Every light of the publication, the reporters' as well, with what it was made of: a record a reporter.
SELECT l.reporter,
       json_object(
           'reporter', l.reporter,
           'lights', list(json_array(l.scope, l.item, l.subject, plain(l.value), plain(l.target), plain(l.schedule), plain(l.threshold),
                                     l.formula, l.light, l.computed) ORDER BY l.scope, l.item, l.subject))::VARCHAR AS record
FROM scope
JOIN lights l USING (publication)
LEFT JOIN reporting r USING (reporter)
WHERE coalesce(r.piece, 0) = getvariable('piece')
GROUP BY l.reporter
