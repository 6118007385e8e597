-- 延期: every extension of the quarter that was in force, in the ledger's order.
SELECT e.number, e.words, len(e.reporters) AS reporters, e.due, scope.due AS calendar, e.reason, e.approved_by,
       e.approved_on
FROM (
    SELECT unnest(from_json(json_extract(p.ledgers, '$.extensions'), '[{
        "number": "INTEGER", "words": "VARCHAR", "reporters": ["VARCHAR"], "due": "DATE", "reason": "VARCHAR",
        "approved_by": "VARCHAR", "approved_on": "DATE"}]')) AS e
    FROM scope JOIN publications p USING (publication)
)
JOIN scope ON true
ORDER BY e.number
