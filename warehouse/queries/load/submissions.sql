-- One link of the chains of supersession: a submission can only name one that stands already.
INSERT INTO submissions BY NAME
SELECT accession, quarter, reporter, number, digest, file_name, folder, size, received_at, arrived_at, registry, template,
    verdict, late, supersedes
FROM numbered
WHERE link = $link
ORDER BY file
