INSERT INTO project_rows BY NAME
SELECT keys.accession, keys.key, coalesce(keys.project, projects.project) AS project
FROM project_keys keys
LEFT JOIN projects ON keys.project IS NULL AND projects.reporter = keys.reporter AND projects.item = keys.item
    AND projects.name = keys.name
