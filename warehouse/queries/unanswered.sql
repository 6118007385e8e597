-- The submissions of a quarter that wait for their answer, and those that are to be answered again.
SELECT
    s.* REPLACE (punctuality.late AS late),
    r.name,
    r.full_name,
    coalesce(
        (SELECT min(o.due) FROM obligations AS o WHERE o.quarter = s.quarter AND o.reporter = s.reporter), q.due
    ) AS due,
    -- the return that counts at present, if it is another one
    (
        SELECT max_by(standing.accession, standing.number)
        FROM submissions AS standing
        WHERE standing.quarter = s.quarter AND standing.reporter = s.reporter AND standing.verdict = 'accepted'
            AND standing.accession <> s.accession
    ) AS standing,
    -- the one before that it is compared with: the accepted one, or else the last that was returned for its content
    (
        SELECT max_by(
            {'accession': earlier.accession, 'verdict': earlier.verdict}, (earlier.verdict = 'accepted', earlier.number)
        )
        FROM submissions AS earlier
        WHERE earlier.quarter = s.quarter AND earlier.reporter = s.reporter AND earlier.number < s.number
            AND earlier.verdict <> 'set_aside'
            AND earlier.accession NOT IN (
                SELECT accession FROM findings WHERE severity = 'structure' AND accession >= $quarter AND accession < $quarter || '~'
            )
    ) AS compared
FROM submissions AS s
JOIN quarters AS q USING (quarter)
JOIN punctuality USING (accession, quarter)
LEFT JOIN reporters AS r ON r.registry = s.registry AND r.reporter = s.reporter
WHERE s.quarter = $quarter
  AND (s.accession IN $again OR NOT EXISTS (SELECT 1 FROM answers AS a WHERE a.accession = s.accession))
ORDER BY s.accession;
