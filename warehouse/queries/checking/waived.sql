-- Faults and doubts that a waiver lifts for their reporter, but for those that the reporter has explained. The value stays
-- as it was typed: a blank one is blank still.
UPDATE faults SET settled = 'waived', because = lifted.because
FROM (
    SELECT f.rowid AS id, arg_min(w.because, w.number) AS because
    FROM faults f
    JOIN sent USING (file)
    JOIN severities s ON s.rule = f.rule
    LEFT JOIN inputs ON f.tab = 'inputs' AND inputs.input = f.key
    LEFT JOIN items ON f.tab = 'progress' AND items.item::VARCHAR = f.key
    JOIN waivers w
        ON w.reporter = sent.reporter AND w.rule = f.rule
        AND (w.item IS NULL OR w.item = coalesce(f.item, inputs.item, items.item))
        AND (w.input IS NULL OR (f.tab = 'inputs' AND w.input = f.key))
    WHERE f.settled IS NULL AND coalesce(f.severity, s.base) IN ('must_fix', 'confirm')
    GROUP BY f.rowid
) lifted
WHERE faults.rowid = lifted.id
