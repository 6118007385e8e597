-- Everybody who owes a report in a quarter: what, what stands of it (as in `queries/status`), and of a report that does not
-- count what was found, the worst first, and its answer.
WITH owing AS (
    SELECT reporter, list({'item': item, 'title': items.title, 'role': role} ORDER BY item) AS items
    FROM obligations
    JOIN quarters USING (quarter)
    JOIN items USING (registry, item)
    WHERE quarter = $quarter
    GROUP BY reporter
), standing AS (
    SELECT * FROM submissions
    WHERE quarter = $quarter
    QUALIFY row_number() OVER (
        PARTITION BY reporter
        ORDER BY verdict = 'accepted' DESC, verdict = 'returned' DESC, number DESC
    ) = 1
), found AS (
    SELECT accession, histogram(severity) AS findings, min_by(message, place) AS first
    FROM findings WHERE settled IS NULL AND accession >= $quarter AND accession < $quarter || '~'
    GROUP BY accession
)
SELECT reporter, reporters.name, reporters.full_name, quarters.due, items, coalesce(verdict, 'missing') AS state, accession,
    arrived_at, coalesce(findings, MAP {}::MAP(VARCHAR, UBIGINT)) AS findings, coalesce(first, '') AS first,
    coalesce(path, '') AS answer
FROM owing
JOIN quarters ON quarters.quarter = $quarter
JOIN reporters USING (registry, reporter)
LEFT JOIN standing USING (reporter)
LEFT JOIN found USING (accession)
LEFT JOIN answers USING (accession)
ORDER BY reporters.place
