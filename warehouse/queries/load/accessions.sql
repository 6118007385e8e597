SELECT submissions.accession
FROM sent
JOIN submissions ON submissions.quarter = $quarter AND submissions.digest = sent.digest
ORDER BY sent.file
