-- What reading found wrong. In a file that is not open nothing but its structure matters.
INSERT INTO faults BY NAME
SELECT file, rule, coalesce(tab, '') AS tab, coalesce(sheet, '') AS sheet, coalesce(key, '') AS key, item,
    coalesce(field, '') AS field, coalesce(address, '') AS address, coalesce(value, '') AS value,
    coalesce(nullif(details, ''), '{}') AS details
FROM read_parquet($faults)
