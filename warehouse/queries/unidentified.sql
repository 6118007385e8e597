-- Files of a quarter of which nobody can be told.
SELECT count(*) FROM submissions WHERE quarter = $quarter AND reporter IS NULL
