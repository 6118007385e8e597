-- Files that are new to the quarter, each content once from each reporter, with accession numbers in order of arrival. An accepted one
-- takes the place of the reporter's accepted one before it: of this run, or else of the warehouse.
-- They are received now, but never before what was received already: a clock that was set back since turns nothing round.
-- They arrived when the intake observed it, or else when they were received; whether they are late goes by that.
CREATE TEMP TABLE numbered AS
WITH fresh AS (
    SELECT * FROM sent
    WHERE NOT EXISTS (
        FROM submissions known
        WHERE known.quarter = $quarter AND known.digest = sent.digest
            AND known.reporter IS NOT DISTINCT FROM sent.reporter
    )
    QUALIFY row_number() OVER (PARTITION BY digest, reporter ORDER BY file) = 1
), taken AS (
    SELECT reporter, max(number) AS number FROM submissions WHERE quarter = $quarter GROUP BY reporter
), standing AS (
    SELECT reporter, accession FROM submissions
    WHERE quarter = $quarter AND verdict = 'accepted'
        AND accession NOT IN (SELECT supersedes FROM submissions WHERE supersedes IS NOT NULL)
), due AS (
    SELECT reporter, max(due) AS due FROM obligations WHERE quarter = $quarter GROUP BY reporter
), counted AS (
    SELECT fresh.*, row_number() OVER (PARTITION BY fresh.reporter ORDER BY file) + coalesce(taken.number, 0) AS number
    FROM fresh
    LEFT JOIN taken ON taken.reporter IS NOT DISTINCT FROM fresh.reporter
), clock AS (
    SELECT greatest($now::TIMESTAMPTZ, (SELECT max(received_at) FROM submissions)) AS received_at
), named AS (
    SELECT counted.* REPLACE (least(counted.arrived_at::TIMESTAMPTZ, clock.received_at) AS arrived_at), clock.received_at,
        printf('%s-%s-%02d', $quarter, coalesce(reporter, '000000'), number) AS accession
    FROM counted
    CROSS JOIN clock
)
SELECT named.*,
    (named.arrived_at AT TIME ZONE 'Asia/Shanghai')::DATE > coalesce(due.due, (SELECT due FROM quarters WHERE quarter = $quarter)) AS late,
    CASE WHEN verdict = 'accepted' THEN coalesce(
        lag(named.accession) OVER (PARTITION BY named.reporter, verdict ORDER BY file), standing.accession
    ) END AS supersedes,
    CASE WHEN verdict = 'accepted' THEN row_number() OVER (PARTITION BY named.reporter, verdict ORDER BY file) ELSE 1 END
        AS link
FROM named
LEFT JOIN standing ON standing.reporter = named.reporter
LEFT JOIN due ON due.reporter = named.reporter
