-- The entries of the files whose content is checked. Only short texts are looked at: statuses, and what tells projects
-- apart.
CREATE TEMP TABLE found_entries AS
SELECT entries.file, sent.reporter, tab::tab AS tab, key, item, field::field AS field,
    state::state AS state, typed,
    CASE WHEN tab = 'projects' OR field = 'status' THEN text END AS text, number::DECIMAL(24, 6) AS number, day, sheet,
    row, address
FROM read_parquet($entries) entries
JOIN sent ON sent.file = entries.file AND sent.open
