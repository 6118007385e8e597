-- Every answer that stands in the outbox, with the path that it has there.
SELECT accession, quarter, path FROM answers JOIN submissions USING (accession) ORDER BY accession
