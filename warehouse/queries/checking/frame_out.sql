-- The frame as Great Expectations gets it: what the expectations need and nothing else.
SELECT rowid AS n, kind, required, present::DOUBLE AS present, status, number::DOUBLE AS number, minimum::DOUBLE AS minimum,
    maximum::DOUBLE AS maximum, digits::DOUBLE AS digits, decimals::DOUBLE AS decimals, whole::DOUBLE AS whole,
    previous::DOUBLE AS previous, complete::DOUBLE AS complete, year::DOUBLE AS year, plan_year::DOUBLE AS plan_year
FROM frame
