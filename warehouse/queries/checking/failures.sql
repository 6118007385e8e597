-- The rows of the frame that failed, all that were folded into one, as faults with the words of their limits.
INSERT INTO faults BY NAME
SELECT file, rule, severity, tab, sheet, key, item, field, address, typed AS value,
    json_object(
        'value', CASE WHEN year IS NOT NULL OR frame.number IS NULL THEN typed ELSE shown(frame.number, unit) END,
        'minimum', CASE WHEN year IS NOT NULL THEN plan_year || '-01-01' ELSE shown(minimum, unit) END,
        'maximum', CASE WHEN year IS NOT NULL THEN plan_year || '-12-31' ELSE shown(maximum, unit) END,
        'unit', CASE WHEN unit = '%' THEN '' ELSE unit END,
        'decimals', decimals,
        'whole', shown(whole, unit),
        'whole_title', whole_title,
        'previous', shown(previous, unit),
        'previous_quarter', previous_quarter
    ) AS details
FROM (SELECT rowid AS n, unnest(rows) AS place FROM folded)  -- before any join: DuckDB 2.0 fails at lists out of one
JOIN read_parquet($failures) failures USING (n)
JOIN frame ON frame.rowid = place
JOIN found_entries ON found_entries.rowid = id;
