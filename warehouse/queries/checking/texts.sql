-- What was written of items in this run.
CREATE TEMP TABLE own_texts AS
    SELECT id, file, reporter, item, row, trim(typed) AS text
    FROM owed_entries
    WHERE tab = 'progress' AND field = 'done' AND state = 'value' AND item IS NOT NULL
