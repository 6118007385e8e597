-- What content a report has of each item that its reporter owes: `content()` has a row per submission of `content_of`
-- (accession, reporter, registry) and item. It is whole where nothing is lacking: a state; a text where the state asks for
-- one; for every owed input a figure, or 不适用 with its reason. An item declared 不适用 with a reason needs no more than that.
-- Entries are those of `told_entries`: of the warehouse, unless whoever asks knows them to lie elsewhere.
CREATE TEMP TABLE IF NOT EXISTS content_of (accession VARCHAR, reporter VARCHAR, registry VARCHAR);

CREATE TEMP VIEW IF NOT EXISTS told_entries AS SELECT * FROM entries;

CREATE OR REPLACE TEMP MACRO content() AS TABLE (
    WITH nothing AS (
        SELECT DISTINCT registry, word FROM doubts WHERE value IS NULL
    ), said AS (
        -- what was written, without the words that say nothing
        SELECT e.accession, e.tab, e.key, e.field, e.state, e.text AS word, e.state = 'value' AND nothing.word IS NULL AS says
        FROM told_entries e
        JOIN content_of c USING (accession)
        LEFT JOIN nothing ON nothing.registry = c.registry AND nothing.word = trim(e.typed)
        WHERE e.tab IN ('progress', 'inputs')
    ), item AS (
        SELECT accession, try_cast(key AS INTEGER) AS item,
            any_value(word) FILTER (field = 'status' AND state = 'value') AS status,
            coalesce(bool_or(state = 'value') FILTER (field = 'done'), false) AS text,
            coalesce(bool_or(says) FILTER (field IN ('done', 'explanation')), false) AS reason
        FROM said WHERE tab = 'progress' GROUP BY accession, key
    ), figure AS (
        SELECT accession, key AS input,
            coalesce(bool_or(state = 'value') FILTER (field = 'value'), false) AS given,
            coalesce(bool_or(state = 'not_applicable') FILTER (field = 'value'), false) AS not_applicable,
            coalesce(bool_or(says) FILTER (field = 'explanation'), false) AS reason
        FROM said WHERE tab = 'inputs' GROUP BY accession, key
    ), lacking AS (
        SELECT c.accession, i.item,
            count(*) FILTER (NOT coalesce(given OR not_applicable, false)) AS figures,
            count(*) FILTER (coalesce(not_applicable AND NOT reason, false)) AS reasons
        FROM content_of c
        JOIN owed_inputs o ON o.registry = c.registry AND o.reporter = c.reporter
        JOIN inputs i ON i.registry = c.registry AND i.input = o.input
        LEFT JOIN figure ON figure.accession = c.accession AND figure.input = o.input
        GROUP BY c.accession, i.item
    )
    SELECT c.accession, c.reporter, o.item,
        list_filter([
            CASE WHEN status IS NULL THEN 'status' END,
            CASE WHEN status IN ('under_way', 'done') AND NOT text THEN 'text' END,
            CASE WHEN status = 'not_applicable' THEN CASE WHEN NOT item.reason THEN 'reason' END
                 WHEN coalesce(lacking.reasons, 0) > 0 THEN 'reason' END,
            CASE WHEN status IS DISTINCT FROM 'not_applicable' AND coalesce(lacking.figures, 0) > 0 THEN 'figures' END
        ], lambda lack: lack IS NOT NULL) AS lacks
    FROM content_of c
    JOIN owed_items o ON o.registry = c.registry AND o.reporter = c.reporter
    LEFT JOIN item ON item.accession = c.accession AND item.item = o.item
    LEFT JOIN lacking ON lacking.accession = c.accession AND lacking.item = o.item
);
