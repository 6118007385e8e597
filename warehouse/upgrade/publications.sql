-- Until 0.1.0 a publication did not keep the moment whose state it is of, its version, and the look and wordings of its day.
SELECT *, as_of AS pinned_at, '0.1.0' AS duban, '{}' AS wording FROM publications
