-- Where the findings of a run fall: by item, severity and rule. A finding over several items counts in each of them, by
-- the entries that stand in its cells; NULL is for those of a whole file or sheet.
WITH found AS (
    SELECT accession, place, rule, severity, item, sheet, cells
    FROM findings
    WHERE accession IN (SELECT unnest($accessions))
), cell AS (
    SELECT * EXCLUDE (item, cells), unnest(cells) AS address FROM found WHERE item IS NULL
), entry AS (
    SELECT accession, sheet, address, item FROM entries WHERE accession IN (SELECT accession FROM cell)
), placed AS (
    SELECT accession, place, rule, severity, item FROM found WHERE item IS NOT NULL OR len(cells) = 0
    UNION
    SELECT accession, place, rule, severity, entry.item FROM cell LEFT JOIN entry USING (accession, sheet, address)
)
SELECT item, rule, severity, count(*) AS findings, list(DISTINCT accession ORDER BY accession) AS accessions
FROM placed
GROUP BY ALL
ORDER BY item NULLS LAST, severity, rule
