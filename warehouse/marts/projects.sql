-- 项目台账, by items.
SELECT * EXCLUDE (place) FROM told_projects ORDER BY item NULLS LAST, place, project, row
