-- The province's lights of the year's quarters up to this one, as this publication has them.
SELECT scope, item, subject, list(light ORDER BY number) AS lights, list(computed ORDER BY number) AS computed
FROM lit
WHERE scope IN ('item', 'measure', 'deliverable')
GROUP BY ALL
ORDER BY ALL
