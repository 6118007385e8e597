-- Somebody else's text of the same item, in this run or accepted before; whoever wrote first is not asked.
WITH accused AS (
    SELECT own.id, coalesce(
        CASE WHEN w.reporter <> own.reporter AND w.place < mine.place THEN w.reporter END,
        (
            SELECT arg_max(l.reporter, (l.alike, -l.place))
            FROM likenesses l
            WHERE l.wording = w.wording AND l.reporter <> own.reporter AND l.place < mine.place
                AND l.alike >= threshold('text_copied', 'alike')
        )
    ) AS other
    FROM own_texts own
    JOIN writers mine USING (reporter, item, letters)
    JOIN wordings w USING (item, letters)
    WHERE length(own.text) >= threshold('text_copied', 'least')
)
SELECT e.file, e.tab, e.sheet, e.key, e.item, e.field, e.address, e.typed AS value,
    json_object('other', reporters.name, 'alike', shown(threshold('text_copied', 'alike'), '%')) AS details
FROM accused
JOIN reporters ON reporters.reporter = accused.other
JOIN owed_entries e USING (id)
