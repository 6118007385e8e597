-- Who owes reports in a quarter, and what stands of theirs: the accepted submission, or else the last one received. Who was
-- accepted in time and corrects itself later is not late. Times are in ISO, because Python is slow at making them.
WITH owing AS (
    SELECT reporter, max(due) AS due FROM obligations WHERE quarter = $quarter GROUP BY reporter
), received AS (
    SELECT s.* REPLACE ((s.arrived_at AT TIME ZONE 'Asia/Shanghai')::DATE > coalesce(owing.due, quarters.due) AS late)
    FROM submissions s
    JOIN quarters USING (quarter)
    LEFT JOIN owing USING (reporter)
    WHERE s.quarter = $quarter
), standing AS (
    SELECT * FROM received
    QUALIFY row_number() OVER (
        PARTITION BY reporter
        ORDER BY verdict = 'accepted' DESC, verdict = 'returned' DESC, number DESC
    ) = 1
), in_time AS (
    SELECT reporter, bool_and(late) AS late FROM received WHERE verdict = 'accepted' GROUP BY reporter
), counted AS (
    SELECT accession, count(*) FILTER (severity = 'structure') AS structure, count(*) FILTER (severity = 'must_fix') AS must_fix,
        count(*) FILTER (severity = 'confirm') AS confirm, count(*) FILTER (severity = 'notice') AS notice
    FROM findings
    WHERE settled IS NULL AND accession >= $quarter AND accession < $quarter || '~'
    GROUP BY accession
)
SELECT reporter AS code, reporters.name, kind, coalesce(verdict, 'missing') AS state, accession,
    strftime(received_at AT TIME ZONE 'Asia/Shanghai', '%Y-%m-%dT%H:%M:%S')
        || CASE WHEN microsecond(received_at) % 1000000 > 0 THEN strftime(received_at, '.%f') ELSE '' END || '+08:00' AS received_at,
    strftime(arrived_at AT TIME ZONE 'Asia/Shanghai', '%Y-%m-%dT%H:%M:%S')
        || CASE WHEN microsecond(arrived_at) % 1000000 > 0 THEN strftime(arrived_at, '.%f') ELSE '' END || '+08:00' AS arrived_at,
    coalesce(in_time.late, standing.late, $today > owing.due) AS late, owing.due::VARCHAR AS due,
    {
        structure: coalesce(structure, 0), must_fix: coalesce(must_fix, 0), confirm: coalesce(confirm, 0),
        notice: coalesce(notice, 0)
    } AS findings
FROM owing
JOIN quarters ON quarters.quarter = $quarter
JOIN reporters USING (registry, reporter)
LEFT JOIN standing USING (reporter)
LEFT JOIN in_time USING (reporter)
LEFT JOIN counted USING (accession)
ORDER BY reporters.place
