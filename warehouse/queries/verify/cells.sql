-- Cells that the warehouse and a fresh reading of the archived files do not tell alike; NULL where one of them has none.
WITH place AS (
    SELECT unnest($files) AS file, unnest($accessions) AS accession
), fresh AS (
    SELECT accession, sheet, address, kind, typed, part FROM read_parquet($parts) JOIN place USING (file)
), kept AS (
    SELECT accession, sheet, address, kind, typed, part FROM cells SEMI JOIN place USING (accession)
), odd AS (
    (SELECT *, true AS is_fresh FROM fresh EXCEPT ALL SELECT *, true FROM kept)
    UNION ALL
    (SELECT *, false FROM kept EXCEPT ALL SELECT *, false FROM fresh)
)
SELECT accession, sheet, address, any_value(typed) FILTER (NOT is_fresh) AS found, any_value(typed) FILTER (is_fresh) AS wanted,
       any_value(part) FILTER (NOT is_fresh) AS found_part, any_value(part) FILTER (is_fresh) AS wanted_part
FROM odd
GROUP BY accession, sheet, address
ORDER BY accession, sheet, address
