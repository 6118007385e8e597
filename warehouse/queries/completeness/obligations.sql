-- Every obligation of a quarter, and how far it was met: something of the reporter was received, its report was accepted,
-- the content of the item in the one that stands is whole. Each takes the one before it for granted.
WITH received AS (
    SELECT reporter,
        max_by(accession, number) FILTER (
            verdict = 'accepted'
            AND accession NOT IN (SELECT supersedes FROM submissions WHERE supersedes IS NOT NULL)
        ) AS standing
    FROM submissions
    WHERE quarter = $quarter AND reporter IS NOT NULL
    GROUP BY reporter
)
SELECT o.reporter, reporters.name, reporters.place, o.item, items.title AS item_title, items.chapter, items.chapter_title,
    received.reporter IS NOT NULL AS received,
    received.standing IS NOT NULL AS accepted,
    coalesce(len(lacks) = 0, false) AS complete,
    coalesce(lacks, []::VARCHAR[]) AS lacks
FROM obligations o
JOIN quarters USING (quarter)
JOIN items ON items.registry = quarters.registry AND items.item = o.item
JOIN reporters ON reporters.registry = quarters.registry AND reporters.reporter = o.reporter
LEFT JOIN received ON received.reporter = o.reporter
LEFT JOIN content($quarter, (SELECT registry FROM quarters WHERE quarter = $quarter)) c
    ON c.accession = received.standing AND c.item = o.item
WHERE o.quarter = $quarter
ORDER BY items.chapter, o.item, reporters.place
