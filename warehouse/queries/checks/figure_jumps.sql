-- Far off what the reporter's own last figure makes likely. A cumulative figure grows by the quarter, and how little it
-- has grown is no doubt of its own.
WITH likely AS (
    SELECT e.*, inputs.unit, inputs.figures, earlier.number AS previous, earlier.quarter AS previous_quarter,
        (CASE figures WHEN 'to_date' THEN earlier.number * scope.number / right(earlier.quarter, 1)::INTEGER
            ELSE earlier.number END)::DECIMAL(24, 6) AS expected
    FROM scope, owed_entries e
    JOIN inputs ON inputs.input = e.key
    JOIN earlier_figures earlier ON earlier.reporter = e.reporter AND earlier.input = e.key
    WHERE e.tab = 'inputs' AND e.field = 'value' AND e.number IS NOT NULL
)
SELECT file, tab, sheet, key, item, field, address, typed AS value,
    json_object(
        'value', shown(number, unit), 'unit', unit, 'previous', shown(previous, unit),
        'previous_quarter', previous_quarter, 'expected', shown(round(expected, 2), unit),
        'times', plain(threshold('figure_jumps', 'times'))
    ) AS details
FROM likely
WHERE expected > 0 AND abs(number - expected) >= threshold('figure_jumps', 'at_least') AND (
    number > expected * threshold('figure_jumps', 'times')
    OR figures <> 'to_date' AND number < expected / threshold('figure_jumps', 'times')
)
