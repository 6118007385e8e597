-- What differs between pairs of submissions, entry by entry, addressed by meaning: the item, input or project, and the
-- field. What stands in another cell has not changed. A row that only one of them has shows its entries that are not
-- blank, or one of them if all are.
WITH pairs AS (
    SELECT DISTINCT * FROM (SELECT unnest($olds) AS old, unnest($news) AS new)
), wanted AS (
    SELECT old AS accession FROM pairs UNION SELECT new FROM pairs
), entry AS (
    SELECT *,
        CASE state
            WHEN 'blank' THEN ''
            WHEN 'not_applicable' THEN '不适用'
            ELSE coalesce(text, regexp_replace(number::VARCHAR, '\.?0+$', ''), day::VARCHAR, trim(typed))
        END AS read
    FROM entries SEMI JOIN wanted USING (accession)
), named AS (
    SELECT reporter, item, name, min(project) AS project
    FROM projects
    SEMI JOIN (SELECT reporter FROM submissions SEMI JOIN wanted USING (accession)) USING (reporter)
    GROUP BY ALL
), project_row AS (
    SELECT accession, key, any_value(item) AS item,
        any_value(nullif(trim(text), '')) FILTER (field = 'code') AS code,
        any_value(nullif(trim(text), '')) FILTER (field = 'name') AS name
    FROM entry WHERE tab = 'projects' GROUP BY accession, key
), project AS (
    SELECT accession, key, name,
        coalesce(project_rows.project, code, named.project, r.item || ' ' || r.name, r.name, '') AS subject
    FROM project_row r
    JOIN submissions USING (accession)
    LEFT JOIN project_rows USING (accession, key)
    LEFT JOIN named USING (reporter, item, name)
), placed AS (
    SELECT entry.*, coalesce(project.subject, entry.key) AS subject, name,
        dense_rank() OVER (PARTITION BY entry.accession, tab, coalesce(project.subject, entry.key) ORDER BY row) AS nth
    FROM entry
    LEFT JOIN project ON tab = 'projects' AND project.accession = entry.accession AND project.key = entry.key
    WHERE field <> 'code'
), side_by_side AS (
    SELECT old, new, tab, subject, nth, field, a, b,
        count(a.address) OVER row = 0 AS appeared,
        count(b.address) OVER row = 0 AS vanished,
        count(*) FILTER (coalesce(a.state, b.state) <> 'blank') OVER row AS written
    FROM (SELECT old, new, tab, subject, nth, field, placed AS a FROM pairs JOIN placed ON accession = old)
    FULL JOIN (SELECT old, new, tab, subject, nth, field, placed AS b FROM pairs JOIN placed ON accession = new)
        USING (old, new, tab, subject, nth, field)
    WINDOW row AS (PARTITION BY old, new, tab, subject, nth)
)
SELECT old, new, tab, coalesce(b.item, a.item) AS item, subject, field,
    CASE
        WHEN appeared THEN 'appeared'
        WHEN vanished THEN 'vanished'
        WHEN (a.state, a.read) IS DISTINCT FROM (b.state, b.read) THEN 'changed'
        ELSE 'retyped'
    END AS change,
    coalesce(
        CASE tab
            WHEN 'progress' THEN items.title
            WHEN 'inputs' THEN CASE part WHEN 'value' THEN '' ELSE measures.title || '：' END || inputs.title
            ELSE coalesce(b.name, a.name)
        END, '') AS title,
    a.state AS old_state, a.typed AS old_typed, a.read AS old_read, a.sheet AS old_sheet, a.row AS old_row,
    a.address AS old_address,
    b.state AS new_state, b.typed AS new_typed, b.read AS new_read, b.sheet AS new_sheet, b.row AS new_row,
    b.address AS new_address
FROM side_by_side
JOIN submissions ON submissions.accession = new
LEFT JOIN items ON tab = 'progress' AND items.registry = submissions.registry AND items.item::VARCHAR = subject
LEFT JOIN inputs ON tab = 'inputs' AND inputs.registry = submissions.registry AND inputs.input = subject
LEFT JOIN measures ON measures.registry = inputs.registry AND measures.measure = inputs.measure
WHERE CASE WHEN appeared OR vanished THEN written = 0 OR coalesce(a.state, b.state) <> 'blank'
    ELSE (a.state, a.read, trim(a.typed)) IS DISTINCT FROM (b.state, b.read, trim(b.typed)) END
QUALIFY written > 0 OR NOT (appeared OR vanished)
    OR row_number() OVER (PARTITION BY old, new, tab, subject, nth ORDER BY coalesce(a.address, b.address)) = 1
ORDER BY old, new, coalesce(b.row, a.row)
