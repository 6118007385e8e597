-- What was received, in the order of receipt: those of one run have one time.
SELECT accession, quarter, reporter, digest, file_name, folder, size, received_at, arrived_at, registry, verdict,
    accession NOT IN (SELECT accession FROM findings WHERE rule = 'stale_template') AS present
FROM submissions
WHERE left(quarter, 4) = $year
ORDER BY quarter, received_at, number, rowid
