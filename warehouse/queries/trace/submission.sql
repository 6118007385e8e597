-- A submission by its number or its file's digest; of several by digest the one that stands.
SELECT s.accession, s.quarter, s.reporter, s.digest, s.verdict, later.accession AS superseded_by
FROM submissions s
LEFT JOIN submissions later ON later.supersedes = s.accession
WHERE $wanted IN (s.accession, s.digest)
ORDER BY s.verdict, later.accession NULLS FIRST, s.accession
