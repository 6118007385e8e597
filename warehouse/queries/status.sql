-- Who owes reports in a quarter, and what stands of theirs: the accepted submission, or else the last one received.
WITH owing AS (
    SELECT reporter, max(due) AS due, count(*) AS items FROM obligations WHERE quarter = $quarter GROUP BY reporter
), standing AS (
    SELECT * EXCLUDE (late) FROM submissions
    WHERE quarter = $quarter
    QUALIFY row_number() OVER (
        PARTITION BY reporter
        ORDER BY verdict = 'accepted' DESC, verdict = 'returned' DESC, number DESC
    ) = 1
), counted AS (
    SELECT accession, histogram(severity) AS findings FROM findings WHERE settled IS NULL GROUP BY accession
)
SELECT reporter AS code, reporters.name, kind, coalesce(verdict, 'missing') AS state, accession, received_at,
    coalesce(late, $today > owing.due) AS late, owing.due,
    coalesce(findings, MAP {}::MAP(VARCHAR, UBIGINT)) AS findings
FROM owing
JOIN quarters ON quarters.quarter = $quarter
JOIN reporters USING (registry, reporter)
LEFT JOIN standing USING (reporter)
LEFT JOIN punctuality USING (accession)
LEFT JOIN counted USING (accession)
ORDER BY reporters.place
