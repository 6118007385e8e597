-- Accepted submissions that no publication counts yet: received after the quarter was closed, or since its last publication.
SELECT accession
FROM submissions
WHERE quarter = $quarter AND verdict = 'accepted'
  AND (received_at > $closed::TIMESTAMPTZ
       OR $publication IS NOT NULL
          AND accession NOT IN (SELECT accession FROM publication_submissions WHERE publication = $publication))
ORDER BY accession
