-- Where the entries of the submissions that count stand: per table the sheet, each field's column, each key's row. Texts
-- and projects are published of this quarter alone, figures of the year.
SELECT e.accession, e.tab, any_value(e.sheet) AS sheet,
       list_sort(list(DISTINCT [e.field, rtrim(e.address, '0123456789')])) AS columns,
       list_sort(list(DISTINCT [e.key, e.row::VARCHAR])) AS rows
FROM scope
JOIN pinned p ON p.edition = 'now' AND p.current
JOIN entries e ON e.accession = p.accession AND (e.tab = 'inputs' OR p.quarter = scope.quarter)
GROUP BY e.accession, e.tab
ORDER BY e.accession, e.tab
