-- One row per obligation of the quarter, with what the reporter's accepted submission says of the item.
CREATE OR REPLACE TEMP TABLE progress AS
WITH said AS (
    SELECT e.accession, e.key::INTEGER AS item,
           max(e.text) FILTER (e.field = 'status') AS status,
           max(coalesce(e.text, e.typed)) FILTER (e.field = 'done') AS done,
           max(coalesce(e.text, e.typed)) FILTER (e.field = 'problems') AS problems,
           max(coalesce(e.text, e.typed)) FILTER (e.field = 'next') AS next,
           max(e.day) FILTER (e.field = 'expected_on') AS expected_on,
           max(coalesce(e.text, e.typed)) FILTER (e.field = 'explanation') AS explanation
    FROM told e
    SEMI JOIN reporting r ON r.accession = e.accession
    WHERE e.edition = 'now' AND e.tab = 'progress'
    GROUP BY e.accession, e.key
)
SELECT o.item, o.reporter, o.role, r.place, r.name, r.kind, r.state, r.accession, s.status, s.expected_on,
       coalesce(s.done, '') AS done, coalesce(s.problems, '') AS problems, coalesce(s.next, '') AS next,
       coalesce(s.explanation, '') AS explanation, c.reporter IS NOT NULL AS consolidates
FROM scope
JOIN owed o ON true
JOIN reporting r USING (reporter)
LEFT JOIN said s ON s.accession = r.accession AND s.item = o.item
LEFT JOIN consolidators c ON c.registry = scope.registry AND c.item = o.item AND c.reporter = o.reporter
