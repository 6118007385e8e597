-- What is put together from texts and lists, of which DuckDB can put none aside before the whole is made, is made piece by
-- piece: `told_entries` are those of the piece at hand (see `marts.in_pieces`), and all of them while there is none.
CREATE OR REPLACE TEMP TABLE pieces AS
SELECT piece, coalesce(min(first), 0) AS first, coalesce(max(last), -1) AS last FROM pinned GROUP BY piece
UNION ALL
SELECT 0, 0, -1 WHERE NOT EXISTS (FROM pinned);

CREATE OR REPLACE TEMP VIEW told_entries AS
SELECT * FROM entries
WHERE rowid BETWEEN coalesce(getvariable('first'), 0) AND coalesce(getvariable('last'), 9223372036854775807)
