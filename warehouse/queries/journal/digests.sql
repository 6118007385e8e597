-- The files that were received, by digest.
SELECT DISTINCT digest FROM submissions ORDER BY digest
