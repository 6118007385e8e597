-- What reading found wrong. In a file that is not open nothing but its structure matters.
INSERT INTO faults
SELECT file, rule, NULL, coalesce(tab, ''), coalesce(sheet, ''), coalesce(key, ''), item, coalesce(field, ''),
    coalesce(address, ''), coalesce(value, ''), coalesce(nullif(details, ''), '{}')
FROM read_parquet($faults)
