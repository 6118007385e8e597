-- What was received, in the order of receipt: those of one run have one time.
SELECT accession, quarter, reporter, digest, file_name, folder, size, received_at, arrived_at, registry, verdict
FROM submissions
WHERE left(quarter, 4) = $year
ORDER BY quarter, received_at, number, rowid
