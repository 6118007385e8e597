-- Items whose light is not that of the base publication.
SELECT n.item, i.title, b.light AS before_light, b.computed AS before_computed, n.light, n.computed
FROM scope
JOIN lights n ON n.publication = scope.publication AND n.scope = 'item'
JOIN lights b ON b.publication = coalesce(scope.base, scope.before) AND b.scope = 'item' AND b.item = n.item
JOIN items i ON i.registry = scope.registry AND i.item = n.item
WHERE (n.light, n.computed) IS DISTINCT FROM (b.light, b.computed)
ORDER BY n.item
