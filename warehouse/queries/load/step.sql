-- The run's new submissions as a step notes them, in the order in which they were read; `arrived_at` only where it is not
-- the time of receipt.
SELECT file AS place, accession, reporter, verdict, digest, file_name, folder, size, nullif(arrived_at, received_at) AS arrived_at
FROM numbered
ORDER BY file
