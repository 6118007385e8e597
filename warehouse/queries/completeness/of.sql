-- The submissions that `content()` is asked about: the accepted ones of these, under the rules of their quarter.
CREATE OR REPLACE TEMP TABLE content_of AS
SELECT accession, reporter, quarters.registry
FROM submissions
JOIN quarters USING (quarter)
WHERE verdict = 'accepted' AND accession IN $accessions
