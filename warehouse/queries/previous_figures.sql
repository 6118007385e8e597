-- What each reporter's last accepted return of a quarter said: one row per input that holds a figure or 不适用.
SELECT s.reporter, e.key AS input, e.state, e.number
FROM submissions AS s
JOIN entries AS e USING (accession)
WHERE s.quarter = $quarter
  AND s.verdict = 'accepted'
  AND e.tab = 'inputs'
  AND e.field = 'value'
  AND e.state IN ('value', 'not_applicable')
  AND NOT EXISTS (SELECT 1 FROM submissions AS later WHERE later.supersedes = s.accession)
ORDER BY ALL;
