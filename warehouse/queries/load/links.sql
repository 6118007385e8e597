-- The length of the longest chain of submissions accepted from one reporter in this run.
SELECT coalesce(max(link), 0) FROM numbered
