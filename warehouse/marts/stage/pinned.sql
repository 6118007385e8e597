-- The submissions that the publication knows of; `edition` is 'now' or 'base', `number` the quarter of the year.
CREATE OR REPLACE TEMP TABLE pinned AS
SELECT e.edition, e.number AS until, s.accession, s.quarter, right(s.quarter, 1)::INTEGER AS number, s.reporter,
       s.verdict, s.received_at, p.current
FROM (SELECT 'now' AS edition, publication, number FROM scope
      UNION ALL
      SELECT 'base', base, right(base_quarter, 1)::INTEGER FROM scope WHERE base IS NOT NULL) e
JOIN publication_submissions p USING (publication)
JOIN submissions s USING (accession)
