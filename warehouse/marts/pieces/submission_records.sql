-- Every pinned submission, a record each; of those that count also where each entry stands (per table the sheet, each field's
-- column, each key's row; texts and projects are published of this quarter alone, figures of the year), and what an item lacks
-- for its content to be whole.
WITH entry AS (
    SELECT e.accession, e.tab, e.sheet, e.field, rtrim(e.address, '0123456789') AS col, e.key, e.row::VARCHAR AS row
    FROM scope
    JOIN pinned p ON p.edition = 'now' AND p.current AND p.piece = getvariable('piece')
    JOIN told_entries e ON e.accession = p.accession AND (e.tab = 'inputs' OR p.quarter = scope.quarter)
), columns AS (
    SELECT accession, tab, any_value(sheet) AS sheet, map_from_entries(list_sort(list({k: field, v: col}))) AS columns
    FROM (SELECT accession, tab, field, any_value(sheet) AS sheet, max(col) AS col FROM entry GROUP BY accession, tab, field)
    GROUP BY accession, tab
), rows AS (
    SELECT accession, tab, map_from_entries(list_sort(list({k: key, v: row}))) AS rows
    FROM (SELECT accession, tab, key, max(row) AS row FROM entry GROUP BY accession, tab, key)
    GROUP BY accession, tab
), places AS (
    SELECT accession, map_from_entries(list({k: tab, v: {sheet: sheet, columns: columns, rows: rows}} ORDER BY tab)) AS places
    FROM columns JOIN rows USING (accession, tab)
    GROUP BY accession
), lacking AS (
    SELECT c.accession, map_from_entries(list({k: c.item::VARCHAR, v: c.lacks} ORDER BY c.item)) AS lacking
    FROM scope
    JOIN pinned p ON p.edition = 'now' AND p.current AND p.piece = getvariable('piece') AND p.quarter = scope.quarter
    JOIN contents c USING (accession)
    WHERE len(c.lacks) > 0
    GROUP BY c.accession
), found AS (
    SELECT accession, map_from_entries(list_sort(list({k: severity, v: found}))) AS findings
    FROM (
        SELECT p.accession, f.severity, count(*) AS found
        FROM scope
        JOIN pinned p ON p.edition = 'now' AND p.piece = getvariable('piece') AND p.quarter = scope.quarter
        JOIN findings f USING (accession)
        GROUP BY p.accession, f.severity)
    GROUP BY accession
)
SELECT p.accession,
       json_object(
           'accession', p.accession, 'quarter', p.quarter, 'reporter', p.reporter, 'digest', s.digest, 'verdict', p.verdict,
           'current', p.current,
           'received_at', replace(strftime(p.received_at, '%Y-%m-%dT%H:%M:%S.%f'), '.000000', '') || '+08:00',
           'findings', coalesce(to_json(f.findings), '{}'::JSON), 'places', coalesce(to_json(l.places), '{}'::JSON),
           'lacking', coalesce(to_json(c.lacking), '{}'::JSON))::VARCHAR AS record
FROM pinned p
JOIN submissions s USING (accession)
LEFT JOIN found f USING (accession)
LEFT JOIN places l USING (accession)
LEFT JOIN lacking c USING (accession)
WHERE p.edition = 'now' AND p.piece = getvariable('piece')
