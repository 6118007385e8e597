-- What was written of items in all submissions that are somebody's.
SELECT accession, item, typed
FROM entries
JOIN submissions USING (accession)
WHERE verdict <> 'set_aside' AND tab = 'progress' AND field = 'done' AND state = 'value' AND item IS NOT NULL
