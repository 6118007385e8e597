-- Entries that the warehouse and a fresh reading of the archived files do not tell alike; NULL where one of them has none.
WITH place AS (
    SELECT unnest($files) AS file, unnest($accessions) AS accession
), fresh AS (
    SELECT accession, tab, key, field, sheet, address, state, typed, text, number::DECIMAL(24, 6) AS number, day
    FROM read_parquet($parts) JOIN place USING (file)
), kept AS (
    SELECT accession, tab, key, field, sheet, address, state, typed, text, number, day
    FROM entries SEMI JOIN place USING (accession)
), odd AS (
    (SELECT *, true AS is_fresh FROM fresh EXCEPT ALL SELECT *, true FROM kept)
    UNION ALL
    (SELECT *, false FROM kept EXCEPT ALL SELECT *, false FROM fresh)
), told AS (
    SELECT *, coalesce(CASE state WHEN 'blank' THEN '空白' WHEN 'not_applicable' THEN '不适用' WHEN 'unreadable' THEN '读不出' END,
                       regexp_replace(number::VARCHAR, '\.?0+$', ''), text, day::VARCHAR, typed)
              || CASE WHEN state IN ('value', 'unreadable') THEN '（填“' || typed || '”）' ELSE '' END AS words
    FROM odd
)
SELECT accession, sheet, address, key, field, any_value(words) FILTER (NOT is_fresh) AS found,
       any_value(words) FILTER (is_fresh) AS wanted
FROM told
GROUP BY accession, sheet, address, key, field
ORDER BY accession, sheet, address, key, field
