-- The candidates as pairs of codes, to be narrowed by the letters that they have in common.
SELECT pair, one, two, alike AS wanted FROM copying, coded
