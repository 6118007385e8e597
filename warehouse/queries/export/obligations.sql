SELECT plan, quarter, reporter, item, role, obligations.due
FROM obligations
JOIN quarters USING (quarter)
JOIN registries USING (registry)
WHERE quarter = getvariable('quarter') AND reporter BETWEEN getvariable('first') AND getvariable('last')
ORDER BY plan, quarter, reporter, item
