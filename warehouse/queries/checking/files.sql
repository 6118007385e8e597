-- The files as reading left them.
SELECT file, digest, readable, token_ok, plan, quarter, reporter, registry, template FROM read_parquet($files)
