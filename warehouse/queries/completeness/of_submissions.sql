-- What the submissions that were asked about lack, item by item; nothing where the item is whole.
SELECT accession, item, lacks FROM content() ORDER BY accession, item
