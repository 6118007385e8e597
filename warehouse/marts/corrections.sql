-- 数据更正: every correction of the year so far, in the ledger's order, with what it corrected and what became of it.
SELECT c.number, c.quarter, c.reporter, r.name, c.tab, c.key, coalesce(i.item, t.item) AS item, i.measure,
       coalesce(i.title, t.title, '') AS title, c.accession, c.cell, c.outcome, c.reason, c.approved_by, c.approved_on,
       c.expires, value_read(c.old_state, c.old_number, c.old_text, i.unit) AS old,
       value_read(c.new_state, c.new_number, c.new_text, i.unit) AS new
FROM scope
JOIN corrections c ON c.edition = 'now'
JOIN reporters r ON r.registry = scope.registry AND r.reporter = c.reporter
LEFT JOIN inputs i ON i.registry = scope.registry AND c.tab = 'inputs' AND i.input = c.key
LEFT JOIN items t ON t.registry = scope.registry AND c.tab = 'progress' AND t.item::VARCHAR = c.key
ORDER BY c.number
