-- What follows from what is owed and what was said of it before.

-- The items' own rules between inputs, and those that follow from what an input is: a rate's numerator is not above its
-- denominator, and a cumulative figure does not fall. A line of the item's own, which may ask for less, goes before them.
CREATE TEMP TABLE kept_checks AS
    SELECT rule, input, whole, severity FROM item_checks
    UNION ALL
    SELECT 'not_above', part.input, whole.input, NULL
    FROM inputs part
    JOIN inputs whole ON whole.measure = part.measure AND whole.part = 'denominator'
    JOIN measures ON measures.measure = part.measure
    WHERE part.part = 'numerator' AND measures.unit = '%'
        AND (part.input, whole.input) NOT IN (SELECT (input, whole) FROM item_checks WHERE rule = 'not_above')
    UNION ALL
    SELECT 'never_falls', input, NULL, NULL FROM inputs
    WHERE figures = 'to_date' AND input NOT IN (SELECT input FROM item_checks WHERE rule = 'never_falls');

-- what the figures of single quarters add up to in the year, before this one
CREATE TEMP TABLE earlier_sums AS
    SELECT reporter, input, sum(number)::DECIMAL(24, 6) AS number FROM earlier_in_quarter GROUP BY ALL;

-- words that say nothing, as `phrase` spells them
CREATE TEMP TABLE empty_words AS
    SELECT phrase(word) AS word FROM doubts WHERE value IS NULL UNION SELECT '';

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
            any_value(text) FILTER (field = 'status' AND state = 'value') AS status,
            any_value(number) FILTER (field = 'progress') AS progress
        FROM found_entries
        WHERE tab = 'projects' AND field IN ('item', 'code', 'name', 'status', 'progress')
        GROUP BY file, reporter, key
    )
    SELECT rows.*, coalesce(coded.project, named.project) AS project
    FROM rows
    LEFT JOIN known_projects coded ON coded.reporter = rows.reporter AND coded.project = rows.code
    LEFT JOIN (SELECT reporter, item, name, min(project) AS project FROM known_projects GROUP BY ALL) named
        ON named.reporter = rows.reporter AND named.item = rows.item AND named.name = rows.name;
