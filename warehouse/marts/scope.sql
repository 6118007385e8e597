-- What is being published, as one record.
SELECT s.publication, s.quarter, s.revision, s.registry, s.as_of, s.due, s.ends, s.base, b.as_of AS base_as_of,
       s.before, e.as_of AS before_as_of, p.ledgers, p.duban, p.wording,
       d.decision, d.decided_by, d.decided_at, d.comment
FROM scope s
JOIN publications p USING (publication)
LEFT JOIN decisions d ON d.publication = s.publication AND d.decision = 'approved'
LEFT JOIN publications b ON b.publication = s.base
LEFT JOIN publications e ON e.publication = s.before
