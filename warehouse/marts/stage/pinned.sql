-- The submissions that each edition knows of; `number` is the quarter of the year. Those whose entries lie together are of
-- one `piece`.
CREATE OR REPLACE TEMP TABLE pinned AS
WITH standing AS (  -- not of all years' entries
    SELECT accession, min(rowid) AS first, max(rowid) AS last
    FROM entries
    SEMI JOIN (FROM publication_submissions SEMI JOIN editions USING (publication)) USING (accession)
    GROUP BY accession
)
SELECT e.edition, e.until, s.accession, s.quarter, right(s.quarter, 1)::INTEGER AS number, s.reporter,
       s.verdict, s.received_at, s.arrived_at, p.current, l.first, l.last,
       (dense_rank() OVER (ORDER BY l.first, s.accession) - 1) // (SELECT at_once FROM scope) AS piece
FROM editions e
JOIN publication_submissions p USING (publication)
JOIN submissions s USING (accession)
LEFT JOIN standing l USING (accession)
