-- The candidates as pairs of codes, to be narrowed by the letters that they have in common.
SELECT candidates.rowid AS pair, one.code AS one, two.code AS two, alike AS wanted
FROM copying, candidates
JOIN coded one USING (wording)
JOIN coded two ON two.wording = candidates.first
