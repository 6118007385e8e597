-- What is owed, and what was found of it, in the files whose content is checked.

CREATE TEMP TABLE owed AS
    SELECT reporter, 'progress' AS tab, item::VARCHAR AS key, item FROM owed_items
    UNION ALL
    SELECT reporter, 'inputs', input, inputs.item FROM owed_inputs JOIN inputs USING (registry, input);

CREATE TEMP TABLE found_rows AS
    SELECT file, reporter, tab, key, any_value(item) AS item, count(DISTINCT row) AS times
    FROM found_entries
    WHERE tab <> 'projects'
    GROUP BY ALL;

-- The entries that content rules speak of. A row that is not owed or stands twice is a fault of its own; what its
-- entries hold does not matter then.
CREATE TEMP TABLE owed_entries AS
    SELECT e.file, e.reporter, e.tab, e.key, e.item, e.field, e.state, e.typed, e.text, e.number, e.day, e.sheet,
        e.row, e.address
    FROM found_entries e
    SEMI JOIN (SELECT file, tab, key FROM found_rows SEMI JOIN owed USING (reporter, tab, key) WHERE times = 1)
        USING (file, tab, key)
    UNION ALL
    SELECT file, reporter, tab, key, item, field, state, typed, text, number, day, sheet, row, address
    FROM found_entries
    WHERE tab = 'projects';

-- The self-reported state of an item; blank and unreadable ones are not there.
CREATE TEMP TABLE statuses AS
    SELECT file, item, text AS status
    FROM owed_entries
    WHERE tab = 'progress' AND field = 'status' AND state = 'value';

-- One row per project row of a file. A project whose code is wanting or wrong is known by its name.
CREATE TEMP TABLE found_projects AS
    WITH rows AS (
        SELECT file, reporter, key, any_value(row) AS row, any_value(sheet) AS sheet,
            any_value(item) FILTER (field = 'item' AND state = 'value') AS item,
            any_value(nullif(text, '')) FILTER (field = 'code') AS code,
            any_value(address) FILTER (field = 'code') AS code_address,
            any_value(nullif(text, '')) FILTER (field = 'name') AS name,
            any_value(address) FILTER (field = 'name') AS name_address,
            any_value(text) FILTER (field = 'status' AND state = 'value') AS status
        FROM owed_entries
        WHERE tab = 'projects'
        GROUP BY file, reporter, key
    )
    SELECT rows.*, coalesce(coded.project, named.project) AS project
    FROM rows
    LEFT JOIN known_projects coded ON coded.reporter = rows.reporter AND coded.project = rows.code
    LEFT JOIN (SELECT reporter, item, name, min(project) AS project FROM known_projects GROUP BY ALL) named
        ON named.reporter = rows.reporter AND named.item = rows.item AND named.name = rows.name;
