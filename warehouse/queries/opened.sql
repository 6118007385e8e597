-- One row when the quarter has been opened.
SELECT quarter FROM quarters WHERE quarter = $quarter;
