-- What the quarter's accepted reports lack of each item that is owed, by the pinned rules.
CREATE OR REPLACE TEMP TABLE contents AS
SELECT c.accession, c.item, c.lacks
FROM content((SELECT quarter FROM scope), (SELECT registry FROM scope)) c
