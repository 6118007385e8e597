-- What was said of doubts in the files themselves, to be kept for later ones.
SELECT DISTINCT file, rule, item, subject, value, fresh AS text FROM answered WHERE fresh IS NOT NULL ORDER BY ALL
