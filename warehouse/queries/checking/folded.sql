-- The frame as Great Expectations gets it, each of its rows once: what is judged row by row comes out the same for the
-- same row. What the expectations need, and nothing else.
CREATE TEMP TABLE folded AS
SELECT list(rowid) AS rows, kind, required, present::DOUBLE AS present, status, number::DOUBLE AS number,
    minimum::DOUBLE AS minimum, maximum::DOUBLE AS maximum, digits::DOUBLE AS digits, decimals::DOUBLE AS decimals,
    whole::DOUBLE AS whole, previous::DOUBLE AS previous, complete::DOUBLE AS complete, year::DOUBLE AS year,
    plan_year::DOUBLE AS plan_year
FROM frame
GROUP BY ALL;
