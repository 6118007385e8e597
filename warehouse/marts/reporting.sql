-- 报送情况: one row per reporter, with the findings of its submissions, how often it was sent back, and of how many of the
-- items that it owes the content is whole.
SELECT r.reporter, r.name, r.kind, r.items, coalesce(c.complete, 0) AS complete, r.due, r.state, r.accession, r.arrived_at,
       r.late, r.first_received_at, r.received, r.returned, coalesce(f.structure, 0) AS structure, coalesce(f.must_fix, 0) AS must_fix,
       coalesce(f.confirm, 0) AS confirm, coalesce(f.notice, 0) AS notice
FROM reporting r
LEFT JOIN (
    SELECT p.reporter, count(*) FILTER (f.severity = 'structure') AS structure,
           count(*) FILTER (f.severity = 'must_fix') AS must_fix, count(*) FILTER (f.severity = 'confirm') AS confirm,
           count(*) FILTER (f.severity = 'notice') AS notice
    FROM scope
    JOIN pinned p ON p.edition = 'now' AND p.quarter = scope.quarter
    JOIN findings f USING (accession)
    GROUP BY p.reporter) f USING (reporter)
LEFT JOIN (
    SELECT accession, count(*) FILTER (len(lacks) = 0) AS complete
    FROM contents
    GROUP BY accession) c ON c.accession = r.accession
ORDER BY r.place
