-- The run's new submissions as a step notes them, in the order in which they were read.
SELECT file AS place, accession, reporter, verdict, digest, file_name, folder, size FROM numbered ORDER BY file
