-- The submissions that each edition knows of; `number` is the quarter of the year.
CREATE OR REPLACE TEMP TABLE pinned AS
SELECT e.edition, e.until, s.accession, s.quarter, right(s.quarter, 1)::INTEGER AS number, s.reporter,
       s.verdict, s.received_at, s.arrived_at, p.current
FROM editions e
JOIN publication_submissions p USING (publication)
JOIN submissions s USING (accession)
