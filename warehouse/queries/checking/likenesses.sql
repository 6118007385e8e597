-- How alike those candidates are that may be: `near` are their rows (pair).
CREATE TEMP TABLE likenesses AS
    SELECT item, digest, reporter, place,
        1 - levenshtein(one.code, two.code) / greatest(strlen(one.code), strlen(two.code))::DOUBLE AS alike
    FROM candidates
    JOIN near ON near.pair = candidates.rowid
    JOIN coded one USING (wording)
    JOIN coded two ON two.wording = candidates.first;
