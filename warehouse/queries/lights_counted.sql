-- The items of a publication by light; `own` where a reporter's own word stands in.
SELECT CASE WHEN computed OR light = 'grey' THEN light ELSE 'own' END AS light, count(*)
FROM lights
WHERE publication = $publication AND scope = 'item'
GROUP BY 1
