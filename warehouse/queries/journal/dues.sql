-- The extended due dates of a quarter as they were last noted.
SELECT details FROM steps WHERE kind = 'due' AND quarter = $quarter ORDER BY step DESC LIMIT 1
