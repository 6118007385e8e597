-- The quarter that is being checked, in one row.
CREATE TEMP TABLE scope AS
    SELECT $quarter AS quarter, right($quarter, 1)::INTEGER AS number, $ends::DATE AS ends, $year::INTEGER AS year
