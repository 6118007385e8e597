-- Codes are the system's to give. While the row's item is not known, any code of the reporter's will do.
SELECT file, 'projects' AS tab, sheet, key, item, 'code' AS field, code_address AS address, code AS value
FROM found_projects found
WHERE code IS NOT NULL AND NOT EXISTS (
    FROM known_projects known
    WHERE known.reporter = found.reporter AND known.project = found.code
        AND known.item = coalesce(found.item, known.item)
)
