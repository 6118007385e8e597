-- All texts of the warehouse with their marks, in the order in which they came: every join would put an end to that, and
-- DuckDB 2.0 fails at lists that come out of a large one.
SELECT rowid AS kept, item, marks FROM wordings
