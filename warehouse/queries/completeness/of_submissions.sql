-- What some accepted submissions of a quarter lack, item by item; nothing where the item is whole.
SELECT accession, item, lacks
FROM content($quarter, (SELECT registry FROM quarters WHERE quarter = $quarter))
WHERE accession IN $accessions
ORDER BY accession, item
