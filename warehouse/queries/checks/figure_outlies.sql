-- Per head far off what the other prefectures report in the same quarter, each counted once: in this run, or else as it
-- was accepted, the senders of this run in `standing_figures` and all others in `other_rates`. Nobody is measured by itself: the median is that of the others. Where it makes less than
-- one of what is counted it is no yardstick.
WITH figure AS (
    SELECT e.id, e.file, e.reporter, e.key AS input, e.number
    FROM owed_entries e
    WHERE tab = 'inputs' AND field = 'value' AND number > 0
), counted AS (
    SELECT reporter, input, arg_max(number, file) AS number FROM figure GROUP BY reporter, input
    UNION ALL
    SELECT reporter, input, number FROM standing_figures ANTI JOIN figure USING (reporter, input) WHERE number > 0
), rate AS (
    SELECT input, reporter, population, number / population::DOUBLE AS rate
    FROM counted
    JOIN reporters USING (reporter)
    WHERE kind = 'prefecture' AND population > 0
), sorted AS (
    -- of the others' rates those that may come to lie in the middle
    SELECT input, list_sort(own.rates || coalesce(other_rates.rates, [])) AS rates,
        len(own.rates) + coalesce(others, 0) - 1 AS peers, coalesce(below, 0) AS below
    FROM (SELECT input, list(rate) AS rates FROM rate GROUP BY input) own
    LEFT JOIN other_rates USING (input)
), middle AS (
    -- without the figure's own rate those behind it move up by one
    SELECT input, peers, rates[low] AS low, rates[low + 1] AS above_low, rates[high] AS high, rates[high + 1] AS above_high
    FROM (SELECT *, (peers + 1) // 2 - below AS low, peers // 2 + 1 - below AS high FROM sorted)
    WHERE peers > 0 AND peers >= threshold('figure_outlies', 'peers')
), likely AS MATERIALIZED (
    SELECT figure.*, peers,
        (CASE WHEN rate <= low THEN above_low ELSE low END + CASE WHEN rate <= high THEN above_high ELSE high END) / 2
            * population AS expected
    FROM figure
    JOIN rate USING (input, reporter)
    JOIN middle USING (input)
    WHERE expected >= 1 AND (
        figure.number > expected * threshold('figure_outlies', 'times')
        OR figure.number < expected / threshold('figure_outlies', 'times')
    )
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
