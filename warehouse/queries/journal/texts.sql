-- The texts of these digests: kept ones, and the files of registries.
SELECT digest, text FROM kept WHERE list_contains($digests::VARCHAR[], digest)
UNION ALL
SELECT registry, files FROM registries WHERE list_contains($digests::VARCHAR[], registry)
