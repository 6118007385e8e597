-- What is owed, and what was found of it, in the files whose content is checked.

CREATE TEMP TABLE owed AS
    SELECT reporter, 'progress'::tab AS tab, item::VARCHAR AS key, item FROM owed_items
    UNION ALL
    SELECT reporter, 'inputs'::tab, input, inputs.item FROM owed_inputs JOIN inputs USING (registry, input);

-- every row has one entry for each typed column; one of them stands for the row
CREATE TEMP TABLE found_rows AS
    SELECT file, reporter, tab, key, count(*) > 1 AS repeated
    FROM found_entries
    WHERE tab = 'progress' AND field = 'status' OR tab = 'inputs' AND field = 'value'
    GROUP BY ALL;

-- A row that is not owed or stands twice is a fault of its own; what its entries hold does not matter then.
CREATE TEMP TABLE void_rows AS
    SELECT file, tab, key FROM found_rows WHERE repeated
    UNION
    SELECT file, tab, key FROM found_rows ANTI JOIN owed USING (reporter, tab, key);

-- the entries that rules of content speak of
CREATE TEMP VIEW owed_entries AS
    SELECT found_entries.rowid AS id, found_entries.* FROM found_entries ANTI JOIN void_rows USING (file, tab, key);
