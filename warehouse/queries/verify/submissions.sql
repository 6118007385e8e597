-- Every submission that is asked about (all where `accessions` is empty), with what became of it and the plan that it was
-- read under. `state`: used, superseded, refused or set_aside.
SELECT s.accession, s.quarter, s.reporter, s.digest, s.file_name, s.registry, s.verdict,
       CASE s.verdict WHEN 'returned' THEN 'refused' WHEN 'set_aside' THEN 'set_aside'
            ELSE CASE WHEN later.accession IS NULL THEN 'used' ELSE 'superseded' END END AS state
FROM submissions s
LEFT JOIN submissions later ON later.supersedes = s.accession
WHERE len($accessions) = 0 OR list_contains($accessions, s.accession)
ORDER BY s.accession
