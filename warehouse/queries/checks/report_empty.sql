-- Sent, and nothing in it says anything: nothing was begun, all figures are nought, and no words. Where nothing at all
-- was typed, the blanks say so already.
WITH told AS (
    SELECT file,
        bool_or(
            tab = 'projects' AND state <> 'blank' AND field NOT IN ('code', 'explanation')
            OR tab = 'progress' AND field = 'status' AND state <> 'blank' AND text NOT IN ('not_started', 'not_applicable')
            OR tab = 'progress' AND field = 'expected_on' AND state <> 'blank'
            OR tab = 'inputs' AND field = 'value' AND (number <> 0 OR state = 'unreadable')
        ) AS something,
        bool_or(tab <> 'projects' AND field IN ('status', 'value') AND state <> 'blank') AS anything
    FROM found_entries
    GROUP BY file
), quiet AS MATERIALIZED (
    SELECT file FROM told WHERE anything AND NOT coalesce(something, false)
), words AS MATERIALIZED (
    SELECT file, typed
    FROM found_entries
    SEMI JOIN quiet USING (file)
    WHERE tab = 'progress' AND field IN ('done', 'problems', 'next') AND state = 'value'
)
SELECT file, tab, sheet, key, item, field, address
FROM owed_entries
SEMI JOIN quiet USING (file)
ANTI JOIN (SELECT file FROM words WHERE phrase(typed) NOT IN (SELECT word FROM empty_words)) USING (file)
WHERE tab = 'progress' AND field = 'explanation'
QUALIFY row_number() OVER (PARTITION BY file ORDER BY item) = 1
