-- One row: what is being published, and the issued publications that its changes are told against (or NULL): `base` of the
-- same quarter, `before` of the year's quarter before it. So many submissions are worked on `at_once`.
CREATE OR REPLACE TEMP TABLE scope AS
SELECT p.publication, p.quarter, right(p.quarter, 1)::INTEGER AS number, p.revision, p.registry, p.as_of, q.ends, $due::DATE AS due,
       $yellow_at::DECIMAL(7, 6) AS yellow_at, p.base, p.before, $at_once::INTEGER AS at_once
FROM publications p
JOIN quarters q USING (quarter)
WHERE p.publication = $publication
