-- Of the texts that share most marks (`sharing`), those of somebody else that may be alike: they are compared letter by
-- letter. Every edit takes one kind of letter out of what a text uses at most and puts in another one: texts that differ
-- in more kinds are not that alike.
CREATE TEMP TABLE candidates AS
    WITH other AS (
        SELECT one, kept, NULL AS two, reporter, place, letters, used
        FROM sharing
        JOIN wordings ON wordings.rowid = kept
        JOIN sent USING (accession)
        UNION ALL BY NAME
        SELECT one, two, writers.reporter, writers.place, own.letters, own.used
        FROM sharing
        JOIN own ON own.id = two
        JOIN writers USING (reporter, item, digest)
    )
    SELECT other.*, own.item, own.digest
    FROM other
    JOIN own ON own.id = one, copying
    WHERE other.reporter <> own.reporter
        AND least(own.letters, other.letters) >= alike * greatest(own.letters, other.letters)
        AND greatest(bit_count(own.used & ~other.used), bit_count(other.used & ~own.used))
            <= (1 - alike) * greatest(own.letters, other.letters);

CREATE TEMP TABLE coded AS
    SELECT candidates.rowid AS pair, one.code AS one, coalesce(two.code, kept.code) AS two
    FROM candidates
    JOIN own one ON one.id = candidates.one
    LEFT JOIN own two ON two.id = candidates.two
    LEFT JOIN (
        SELECT wordings.rowid AS kept, code FROM wordings SEMI JOIN candidates ON candidates.kept = wordings.rowid
    ) kept ON kept.kept = candidates.kept;
