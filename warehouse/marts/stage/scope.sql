-- One row: what is being published, and the issued publication that its changes are told against (or NULL).
CREATE OR REPLACE TEMP TABLE scope AS
SELECT p.publication, p.quarter, right(p.quarter, 1)::INTEGER AS number, p.revision, p.registry, p.as_of, q.ends, $due::DATE AS due,
       $yellow_at::DECIMAL(7, 6) AS yellow_at, p.base, b.quarter AS base_quarter
FROM publications p
JOIN quarters q USING (quarter)
LEFT JOIN publications b ON b.publication = p.base
WHERE p.publication = $publication
