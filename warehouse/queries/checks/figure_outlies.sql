-- Per head far off what the other prefectures report in the same quarter, each counted once: in this run, or else as it
-- was accepted. Nobody is measured by itself: the median is that of the others, found by rank. Where it makes less than
-- one of what is counted it is no yardstick.
WITH figure AS (
    SELECT e.id, e.file, e.reporter, e.key AS input, e.number
    FROM owed_entries e
    WHERE tab = 'inputs' AND field = 'value' AND number > 0
), counted AS (
    SELECT reporter, input, number FROM figure QUALIFY row_number() OVER (PARTITION BY reporter, input ORDER BY file DESC) = 1
    UNION ALL
    SELECT reporter, input, number FROM standing_figures ANTI JOIN figure USING (reporter, input) WHERE number > 0
), rate AS (
    SELECT input, reporter, number / population::DOUBLE AS rate,
        row_number() OVER (PARTITION BY input ORDER BY number / population::DOUBLE, reporter) AS place
    FROM counted
    JOIN reporters USING (reporter)
    WHERE kind = 'prefecture' AND population > 0
), others AS (
    SELECT figure.*, population, coalesce(rate.place, total.rates + 1) AS own,
        total.rates - CASE WHEN rate.place IS NULL THEN 0 ELSE 1 END AS peers
    FROM figure
    JOIN reporters USING (reporter)
    JOIN (SELECT input, count(*) AS rates FROM rate GROUP BY input) total USING (input)
    LEFT JOIN rate USING (input, reporter)
    WHERE kind = 'prefecture' AND population > 0
), middle AS (
    SELECT *, (peers + 1) // 2 AS low, peers // 2 + 1 AS high
    FROM others
    WHERE peers >= threshold('figure_outlies', 'peers')
), likely AS (
    SELECT middle.*, (lower.rate + upper.rate) / 2 * population AS expected
    FROM middle
    JOIN rate lower ON lower.input = middle.input AND lower.place = low + CASE WHEN low >= own THEN 1 ELSE 0 END
    JOIN rate upper ON upper.input = middle.input AND upper.place = high + CASE WHEN high >= own THEN 1 ELSE 0 END
)
SELECT entry.file, tab, sheet, key, entry.item, field, address, typed AS value,
    json_object(
        'value', shown(likely.number, unit), 'unit', unit, 'peers', peers,
        'expected', plain(round(expected, decimals)),
        'times', plain(threshold('figure_outlies', 'times'))
    ) AS details
FROM likely
JOIN owed_entries entry ON entry.id = likely.id
JOIN inputs ON inputs.input = likely.input
WHERE expected >= 1 AND (
    likely.number > expected * threshold('figure_outlies', 'times')
    OR likely.number < expected / threshold('figure_outlies', 'times')
)
