-- How alike those candidates are that may be: `near` are their rows (pair).
CREATE TEMP TABLE likenesses AS
    SELECT item, digest, reporter, place,
        1 - levenshtein(coded.one, coded.two) / greatest(strlen(coded.one), strlen(coded.two))::DOUBLE AS alike
    FROM candidates
    JOIN near ON near.pair = candidates.rowid
    JOIN coded ON coded.pair = near.pair
