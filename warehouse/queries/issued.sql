-- The revisions of a quarter, the last one first.
SELECT publication, revision, registry, as_of, pinned_at, workbook, inputs
FROM publications
WHERE quarter = $quarter AND revision IS NOT NULL
ORDER BY revision DESC
