-- The content that has been judged in a quarter: whose it was, and under which accession number. `template` is NULL where
-- the file had no stamp.
SELECT digest, reporter, template, accession FROM submissions WHERE quarter = $quarter ORDER BY accession;
