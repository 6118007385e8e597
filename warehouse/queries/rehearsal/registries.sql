-- The plans that quarters stand under and that submissions were judged by, as the texts of their files.
SELECT registry, files FROM registries
WHERE registry IN (SELECT registry FROM quarters) OR registry IN (SELECT registry FROM submissions)
