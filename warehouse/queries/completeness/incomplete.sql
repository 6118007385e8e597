-- The obligations whose report was accepted although something of the item is lacking.
SELECT reporter, reporters.name, item, lacks
FROM met
JOIN quarters ON quarters.quarter = $quarter
JOIN items USING (registry, item)
JOIN reporters USING (registry, reporter)
WHERE accepted AND NOT complete
ORDER BY chapter, item, reporters.place
