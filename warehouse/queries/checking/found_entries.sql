CREATE TEMP TABLE found_entries AS
SELECT entries.file, sent.reporter, tab, key, item, field, state, typed, text, number::DECIMAL(24, 6) AS number, day,
    sheet, row, address
FROM read_parquet($entries) entries
JOIN sent ON sent.file = entries.file AND sent.open
