-- The texts of this run that somebody else wrote before, or nearly, and who; whoever wrote first is not asked.
SELECT id, other
FROM (
    SELECT own.id, coalesce(
            CASE WHEN told.reporter <> own.reporter AND told.place < mine.place THEN told.reporter END,
            (
                SELECT arg_max(l.reporter, (l.alike, -l.place))
                FROM likenesses l
                WHERE l.item = own.item AND l.digest = own.digest AND l.reporter <> own.reporter AND l.place < mine.place
                    AND l.alike >= (SELECT alike FROM copying)
            )
        ) AS other
    FROM own
    JOIN writers mine USING (reporter, item, digest)
    JOIN told USING (item, digest)
    WHERE own.length >= (SELECT least FROM copying)
)
WHERE other IS NOT NULL
