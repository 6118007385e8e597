-- What some accepted submissions lack of each item that their reporters owe, as it is kept; nothing where the item is whole.
SELECT accession, owed_items.item, coalesce(lacks, []) AS lacks
FROM submissions
SEMI JOIN (SELECT unnest($accessions) AS accession) asked USING (accession)
JOIN quarters USING (quarter)
JOIN owed_items ON owed_items.registry = quarters.registry AND owed_items.reporter = submissions.reporter
LEFT JOIN lacking USING (accession, item)
WHERE verdict = 'accepted'
ORDER BY accession, owed_items.item
