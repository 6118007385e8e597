SELECT plan, quarter, reporter, item, role, obligations.due
FROM obligations
JOIN quarters USING (quarter)
JOIN registries USING (registry)
WHERE quarter IN (SELECT unnest(getvariable('quarters')))
ORDER BY plan, quarter, reporter, item
