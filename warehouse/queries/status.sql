-- Who owes reports in a quarter, and what stands of theirs: the accepted submission, or else the last one received. Who was
-- accepted in time and corrects itself later is not late.
WITH owing AS (
    SELECT reporter, max(due) AS due, count(*) AS items FROM obligations WHERE quarter = $quarter GROUP BY reporter
), standing AS (
    SELECT * EXCLUDE (late) FROM submissions
    WHERE quarter = $quarter
    QUALIFY row_number() OVER (
        PARTITION BY reporter
        ORDER BY verdict = 'accepted' DESC, verdict = 'returned' DESC, number DESC
    ) = 1
), in_time AS (
    SELECT reporter, bool_and(punctuality.late) AS late
    FROM submissions JOIN punctuality USING (accession)
    WHERE quarter = $quarter AND verdict = 'accepted'
    GROUP BY reporter
), counted AS (
    SELECT accession, histogram(severity) AS findings FROM findings WHERE settled IS NULL GROUP BY accession
)
SELECT reporter AS code, reporters.name, kind, coalesce(verdict, 'missing') AS state, accession, received_at, arrived_at,
    coalesce(in_time.late, punctuality.late, $today > owing.due) AS late, owing.due,
    coalesce(findings, MAP {}::MAP(VARCHAR, UBIGINT)) AS findings
FROM owing
JOIN quarters ON quarters.quarter = $quarter
JOIN reporters USING (registry, reporter)
LEFT JOIN standing USING (reporter)
LEFT JOIN punctuality USING (accession)
LEFT JOIN in_time USING (reporter)
LEFT JOIN counted USING (accession)
ORDER BY reporters.place
