-- The entries of the pinned submissions as they are published: what was typed, with the corrected values over it.
CREATE OR REPLACE TEMP VIEW told AS
SELECT p.edition, e.* REPLACE (
           CASE WHEN c.number IS NULL THEN e.state ELSE c.new_state END AS state,
           CASE WHEN c.number IS NULL THEN e.number ELSE c.new_number END AS number,
           CASE WHEN c.number IS NULL THEN e.text ELSE c.new_text END AS text),
       c.number AS correction, e.state AS typed_state, e.number AS typed_number
FROM pinned p
JOIN told_entries e USING (accession)
LEFT JOIN corrections c
    ON c.outcome = 'applied' AND c.edition = p.edition AND c.accession = e.accession AND c.tab = e.tab AND c.key = e.key
    AND c.field = e.field
