-- What of some content has been judged in a quarter: whose it was, and under which accession number. `template` is NULL where
-- the file had no stamp, `path` where it waits for its answer.
SELECT digest, reporter, template, accession, answers.path
FROM submissions
LEFT JOIN answers USING (accession)
WHERE quarter = $quarter AND digest IN (SELECT unnest($digests))
ORDER BY accession;
