-- Who wrote the texts of this run before: `own_wordings`, each with its `id`; `copying` is a row with the quarter and the
-- plan's thresholds. What is in the warehouse came before what is in
-- this run, whose files count in their order. A text of this run that its reporter has sent before is as old as it was
-- then, whatever became of that submission; what others sent counts while it stands.
CREATE TEMP TABLE own AS FROM own_wordings;

CREATE TEMP TABLE writers AS
    WITH sent AS (
        SELECT accession, reporter, row_number() OVER (ORDER BY received_at, submissions.rowid) AS place,
            verdict = 'accepted' AND accession NOT IN (SELECT supersedes FROM submissions WHERE supersedes IS NOT NULL)
                AS standing
        FROM submissions
        WHERE quarter = (SELECT quarter FROM copying) AND verdict <> 'set_aside'
    ), written AS (
        SELECT reporter, item, digest, length, letters, used, place, standing, wordings.rowid AS kept
        FROM sent
        JOIN wordings USING (accession)
        WHERE item IN (SELECT item FROM own)
        UNION ALL
        SELECT reporter, item, digest, length, letters, used, (SELECT count(*) FROM sent) + 1 + file, true, NULL FROM own
    )
    SELECT reporter, item, digest, min(place) AS place, any_value(length) AS length,
        any_value(letters) AS letters, any_value(used) AS used, any_value(kept) AS kept
    FROM written
    GROUP BY reporter, item, digest
    HAVING bool_or(standing);

-- every wording of an item once, with the first who wrote it
CREATE TEMP TABLE told AS
    SELECT row_number() OVER () AS wording, item, digest, arg_min(reporter, place) AS reporter, min(place) AS place,
        any_value(letters) AS letters, any_value(used) AS used, any_value(kept) AS kept
    FROM writers
    WHERE length >= (SELECT least FROM copying)
    GROUP BY item, digest;

-- Wordings that share marks with an earlier one of somebody else: only those are compared letter by letter, each with the
-- first that has the mark, so that a phrase that everybody uses costs no more than any other. Every edit takes one kind of
-- letter out of what a text uses at most and puts in another one: texts that differ in more kinds are not that alike.
CREATE TEMP TABLE candidates AS
    WITH asked AS (
        SELECT wording, place, kept, unnest(marks) AS mark, item::BIGINT << 32 | mark AS run
        FROM (SELECT item, digest, any_value(marks) AS marks FROM own GROUP BY item, digest)
        JOIN told USING (item, digest)
    ), marked AS (
        -- unnested before anything is joined to it: DuckDB 2.0 fails at lists that come out of a large join
        SELECT wording, place, run
        FROM (
            SELECT wording, place, told.item::BIGINT << 32 | mark AS run
            FROM (SELECT rowid AS kept, unnest(marks) AS mark FROM wordings) kept_marks
            JOIN told USING (kept)
        )
        SEMI JOIN asked USING (run)
        UNION ALL BY NAME
        SELECT wording, place, run FROM asked WHERE kept IS NULL
    ), first AS (
        SELECT run, arg_min(wording, place) AS first FROM marked GROUP BY run
    ), candidate AS (
        SELECT wording, first, count(*) AS shared
        FROM asked
        JOIN first USING (run)
        WHERE wording <> first
        GROUP BY wording, first
        QUALIFY row_number() OVER (PARTITION BY wording ORDER BY shared DESC, first) <= 3
    )
    SELECT one.wording, one.item, one.digest, two.wording AS first, two.reporter, two.place
    FROM candidate
    JOIN told one USING (wording)
    JOIN told two ON two.wording = candidate.first, copying
    WHERE two.reporter <> one.reporter
        AND least(one.letters, two.letters) >= alike * greatest(one.letters, two.letters)
        AND greatest(bit_count(one.used & ~two.used), bit_count(two.used & ~one.used))
            <= (1 - alike) * greatest(one.letters, two.letters);

CREATE TEMP TABLE coded AS
    SELECT wording, coalesce(wordings.code, own.code) AS code
    FROM told
    SEMI JOIN (SELECT wording FROM candidates UNION SELECT first FROM candidates) USING (wording)
    LEFT JOIN wordings ON wordings.rowid = kept
    LEFT JOIN (SELECT item, digest, any_value(code) AS code FROM own GROUP BY item, digest) own
        ON kept IS NULL AND own.item = told.item AND own.digest = told.digest;
