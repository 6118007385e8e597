-- The folded frame, each row with its number and how often it comes.
SELECT rowid AS n, len(rows) AS times, * EXCLUDE (rows) FROM folded
