-- One row per reporter that owes something: what became of its report in this quarter.
-- `state`: accepted (stands even if a later one was returned), returned, set_aside, or missing. Who was accepted in time
-- and corrects itself later is not late. Its `piece` is that of its entries, whoever has none is of any.
CREATE OR REPLACE TEMP TABLE reporting AS
WITH owing AS (
    SELECT o.reporter, count(*) AS items, max(o.due) AS due
    FROM owed o
    GROUP BY o.reporter
), received AS (
    SELECT p.reporter, count(*) AS received, count(*) FILTER (p.verdict = 'returned') AS returned,
           max(p.accession) FILTER (p.current) AS accession, max(p.piece) FILTER (p.current) AS piece,
           min(p.arrived_at) FILTER (p.verdict = 'accepted') AS first_accepted_at, min(p.received_at) AS first_received_at,
           arg_max(p.accession, (p.received_at, p.accession)) AS last_accession
    FROM scope JOIN pinned p ON p.edition = 'now' AND p.quarter = scope.quarter
    WHERE p.reporter IS NOT NULL
    GROUP BY p.reporter
)
SELECT w.reporter, r.place, r.name, r.kind, w.items, w.due, coalesce(x.received, 0) AS received,
       coalesce(x.returned, 0) AS returned, x.accession, s.arrived_at,
       x.first_accepted_at::DATE > w.due AS late, x.first_received_at, x.last_accession,
       CASE WHEN x.accession IS NOT NULL THEN 'accepted' WHEN x.returned > 0 THEN 'returned'
            WHEN x.received > 0 THEN 'set_aside' ELSE 'missing' END AS state,
       coalesce(x.piece, r.place % (SELECT count(*) FROM pieces)) AS piece
FROM scope
JOIN reporters r USING (registry)
JOIN owing w USING (reporter)
LEFT JOIN received x USING (reporter)
LEFT JOIN submissions s ON s.accession = x.accession
