-- Answers to reporters that are to be mailed: those of this run, those that failed, and those that a run which was killed
-- left since the first that was mailed. 'sending' was cut off in between.
WITH begun AS (
    SELECT least($now, min(mailed_at)) AS moment FROM mailed JOIN submissions USING (accession) WHERE quarter = $quarter
)
SELECT accession, reporter, verdict, path, state, coalesce(recipients, []) AS recipients
FROM answers
JOIN submissions USING (accession)
LEFT JOIN mailed USING (accession)
WHERE quarter = $quarter AND reporter IS NOT NULL AND verdict <> 'set_aside'
    AND (state IN ('failed', 'sending') OR (state IS NULL AND answered_at >= (SELECT moment FROM begun)))
ORDER BY accession
