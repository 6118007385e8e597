-- What reporters said of the state of their items, of this and of the year's earlier quarters: reporter x item x quarter.
CREATE OR REPLACE TEMP TABLE words AS
SELECT n.number, o.item, o.reporter, r.place, r.name, s.status, s.expected_on, c.reporter IS NOT NULL AS consolidates
FROM scope
JOIN range(1, scope.number + 1) n(number) ON true
JOIN owed_items o USING (registry)
JOIN reporters r USING (registry, reporter)
LEFT JOIN (
    SELECT p.number, p.reporter, e.key::INTEGER AS item, max(e.text) FILTER (e.field = 'status') AS status,
           max(e.day) FILTER (e.field = 'expected_on') AS expected_on
    FROM pinned p
    JOIN told e ON e.edition = p.edition AND e.accession = p.accession
    WHERE p.edition = 'now' AND p.current AND e.tab = 'progress' AND e.field IN ('status', 'expected_on')
    GROUP BY p.number, p.reporter, e.key) s
    ON s.number = n.number AND s.reporter = o.reporter AND s.item = o.item
LEFT JOIN consolidators c ON c.registry = o.registry AND c.item = o.item AND c.reporter = o.reporter
