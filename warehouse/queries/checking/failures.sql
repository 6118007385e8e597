-- The rows of the frame that failed, as faults with the words of their limits.
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
FROM read_parquet($failures)
JOIN frame ON frame.rowid = n
JOIN found_entries ON found_entries.rowid = id;
