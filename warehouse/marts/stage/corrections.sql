-- The corrections that every edition was pinned with, each with the cell of the accepted submission that it
-- is about. `outcome`: 'applied'; 'retired', because the reporter's own value agrees with the new one; 'expired';
-- 'contradicted', because the old one is not what stands there.
CREATE OR REPLACE TEMP TABLE corrections AS
WITH pinned_record AS (
    SELECT edition, unnest(from_json(json_extract(ledgers, '$.corrections'), '[{
        "number": "INTEGER", "reporter": "VARCHAR", "quarter": "VARCHAR", "tab": "VARCHAR", "key": "VARCHAR",
        "field": "VARCHAR", "holds": "BOOLEAN", "reason": "VARCHAR", "approved_by": "VARCHAR", "approved_on": "DATE",
        "expires": "DATE",
        "old_state": "VARCHAR", "old_number": "DECIMAL(24, 6)", "old_text": "VARCHAR",
        "new_state": "VARCHAR", "new_number": "DECIMAL(24, 6)", "new_text": "VARCHAR"}]')) AS c
    FROM editions
), record AS (
    SELECT edition, unnest(c) FROM pinned_record
), found AS (
    SELECT c.*, p.accession, e.sheet || '!' || e.address AS cell, e.typed,
           CASE WHEN e.state = 'unreadable' THEN 'blank' ELSE e.state END AS state, e.number AS stands_number, e.text
    FROM record c
    LEFT JOIN pinned p ON p.edition = c.edition AND p.current AND p.quarter = c.quarter AND p.reporter = c.reporter
    LEFT JOIN entries e ON e.accession = p.accession AND e.tab = c.tab AND e.key = c.key AND e.field = c.field
)
SELECT *,
       CASE WHEN NOT holds THEN 'expired'
            WHEN cell IS NULL THEN 'contradicted'
            WHEN (state, stands_number, text) IS NOT DISTINCT FROM (new_state, new_number, new_text) THEN 'retired'
            WHEN (state, stands_number, text) IS NOT DISTINCT FROM (old_state, old_number, old_text) THEN 'applied'
            ELSE 'contradicted' END AS outcome
FROM found
