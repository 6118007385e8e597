-- Every publication on record with what it pins; `cut_off` where its folder was never finished.
SELECT p.publication, p.quarter, p.revision, p.registry, p.as_of, p.pinned_at, p.workbook, p.inputs, p.duban,
       p.workbook IS NULL AS cut_off
FROM publications p
ORDER BY p.publication
