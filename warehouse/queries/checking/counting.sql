-- The rows of the warehouse that texts of this run are held against: what stands, and what does not if its writer has
-- said the same since.
WITH again AS (
    SELECT reporter FROM sent GROUP BY reporter HAVING bool_or(NOT standing)
), said AS (
    SELECT wordings.rowid AS kept, reporter, item, digest, standing
    FROM wordings
    JOIN (FROM sent SEMI JOIN again USING (reporter)) USING (accession)
    WHERE length >= (SELECT least FROM copying)
), lasting AS (
    SELECT reporter, item, digest FROM said WHERE standing
    UNION
    SELECT reporter, item, digest FROM own SEMI JOIN again USING (reporter)
)
SELECT wordings.rowid AS kept
FROM wordings
SEMI JOIN (FROM sent WHERE standing) USING (accession)
WHERE length >= (SELECT least FROM copying) AND item IN (SELECT item FROM told)
UNION ALL
SELECT kept FROM said SEMI JOIN lasting USING (reporter, item, digest) WHERE NOT standing
