-- When the quarter was opened; no row when it has not been.
SELECT opened_at FROM quarters WHERE quarter = $quarter;
