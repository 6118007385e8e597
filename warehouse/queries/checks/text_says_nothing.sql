-- The whole progress is a phrase that would do for any item. Spaces and stops are no letters: what has more of these than
-- any such phrase is long is none.
WITH short AS MATERIALIZED (
    SELECT own_texts.id
    FROM own_texts
    LEFT JOIN own_wordings USING (id)
    WHERE coalesce(letters, 0) <= (SELECT max(length(word)) FROM empty_words)
)
SELECT file, tab, sheet, key, item, field, address, trim(typed) AS value
FROM owed_entries
SEMI JOIN short USING (id)
JOIN statuses USING (file, item)
WHERE status IN ('under_way', 'done') AND phrase(typed) IN (SELECT word FROM empty_words)
