-- The submissions that `content()` is asked about: the accepted ones of a quarter, under its rules.
CREATE OR REPLACE TEMP TABLE content_of AS
SELECT accession, reporter, quarters.registry
FROM submissions
JOIN quarters USING (quarter)
WHERE verdict = 'accepted' AND quarter = $quarter
