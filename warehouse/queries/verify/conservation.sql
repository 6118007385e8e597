-- Every non-blank cell of the submissions asked about, by what became of it: `entries` follow the submission (used,
-- superseded, refused, set aside); printed, stamp and outside are what they are. `lost` are cells of entries that no entry
-- speaks of exactly once, `made_up` entries with a text that stands in no cell.
WITH asked AS (
    SELECT unnest($accessions) AS accession
), entry AS (
    SELECT accession, sheet, address, count(*) AS times, any_value(typed) AS typed
    FROM entries SEMI JOIN asked USING (accession)
    WHERE state <> 'blank'
    GROUP BY ALL
), counted AS (
    SELECT c.accession, count(*) AS cells,
           count(*) FILTER (c.part = 'entry' AND e.times = 1 AND e.typed = c.typed) AS entries,
           count(*) FILTER (c.part = 'printed') AS printed, count(*) FILTER (c.part = 'stamp') AS stamp,
           count(*) FILTER (c.part = 'outside') AS outside,
           list_sort(list(c.sheet || '!' || c.address) FILTER (
               c.part = 'entry' AND (e.times IS DISTINCT FROM 1 OR e.typed IS DISTINCT FROM c.typed))) AS lost
    FROM cells c SEMI JOIN asked USING (accession)
    LEFT JOIN entry e ON c.part = 'entry' AND e.accession = c.accession AND e.sheet = c.sheet AND e.address = c.address
    GROUP BY c.accession
), made AS (
    SELECT e.accession, list_sort(list(e.sheet || '!' || e.address)) AS made_up
    FROM entry e
    ANTI JOIN cells c USING (accession, sheet, address)  -- of any part: a project's printed code is read, too
    GROUP BY e.accession
)
SELECT a.accession, coalesce(c.cells, 0) AS cells, coalesce(c.entries, 0) AS entries, coalesce(c.printed, 0) AS printed,
       coalesce(c.stamp, 0) AS stamp, coalesce(c.outside, 0) AS outside, coalesce(c.lost, []) AS lost,
       coalesce(m.made_up, []) AS made_up
FROM asked a LEFT JOIN counted c USING (accession) LEFT JOIN made m USING (accession)
ORDER BY a.accession
