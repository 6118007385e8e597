-- Every pinned submission, for the manifest.
SELECT accession, quarter, reporter, digest, verdict, current FROM read_parquet($path)
