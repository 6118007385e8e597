-- Every fault with its severity and what its row is about, in the columns of duban.checking.findings.Fault.
SELECT f.file, f.rule, coalesce(f.severity, base) AS severity, f.tab, f.sheet, f.key,
    coalesce(f.item, inputs.item, items.item) AS item,
    f.field, f.address, f.value,
    coalesce(CASE f.tab WHEN 'progress' THEN items.title WHEN 'inputs' THEN inputs.title ELSE project.name END, '')
        AS subject,
    f.details AS words, f.settled, f.because, f.outdated
FROM faults f
JOIN severities USING (rule)
LEFT JOIN items ON f.tab = 'progress' AND items.item::VARCHAR = f.key
LEFT JOIN inputs ON f.tab = 'inputs' AND inputs.input = f.key
LEFT JOIN found_projects project ON f.tab = 'projects' AND project.file = f.file AND project.key = f.key
ORDER BY f.file, f.tab, inputs.place, items.item, f.key, f.address, f.rule, f.value, f.details
