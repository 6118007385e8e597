-- Two rows of one file that speak of the same project: by code, or while it has none by item and name.
SELECT file, 'projects' AS tab, sheet, key, item, 'name' AS field, coalesce(name_address, '') AS address,
    coalesce(name, code) AS value, json_object('first', first_value(row) OVER same) AS details
FROM found_projects
WHERE coalesce(project, name) IS NOT NULL
WINDOW same AS (
    PARTITION BY file, coalesce(project, coalesce(item::VARCHAR, '') || ' ' || name) ORDER BY row
)
QUALIFY row_number() OVER same > 1
