-- What the submissions that count lack of each item that is owed, for their content to be whole.
SELECT c.accession, c.item, c.lacks
FROM scope
JOIN pinned p ON p.edition = 'now' AND p.current AND p.quarter = scope.quarter
JOIN contents c USING (accession)
WHERE len(c.lacks) > 0
ORDER BY c.accession, c.item
