-- Until 0.1.0 a publication did not keep the moment whose state it is of, its version, and the look and wordings of its day,
-- and was compared with one other alone: of its own quarter or of the one before.
SELECT * REPLACE (CASE WHEN left(base, 6) = quarter THEN base END AS base), as_of AS pinned_at, '0.1.0' AS duban, '{}' AS wording,
       CASE WHEN left(base, 6) <> quarter THEN base END AS before
FROM publications
