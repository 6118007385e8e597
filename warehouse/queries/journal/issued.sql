-- Publications that stand, with the digests of their workbooks; drafts and past states have no revision.
SELECT publication, workbook, revision FROM publications WHERE workbook IS NOT NULL ORDER BY publication
