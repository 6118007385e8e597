SELECT submissions.accession
FROM sent
JOIN submissions ON submissions.quarter = $quarter AND submissions.digest = sent.digest
    AND submissions.reporter IS NOT DISTINCT FROM sent.reporter
ORDER BY sent.file
