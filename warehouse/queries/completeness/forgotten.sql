-- Forget what the submissions that are asked about lacked under other rules.
DELETE FROM lacking WHERE accession IN (SELECT accession FROM content_of)
