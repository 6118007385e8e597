-- Who wrote the texts of this run before: `own_wordings`, each with its `id`; `copying` is a row with the quarter and the
-- plan's thresholds. What is in the warehouse came before what is in this run, whose files count in their order. A text of
-- this run that its reporter has sent before is as old as it was then, whatever became of that submission; what others
-- sent counts while it stands.
SET VARIABLE quarter = (SELECT quarter FROM copying);

CREATE TEMP TABLE own AS SELECT * EXCLUDE (marks) FROM own_wordings;

CREATE TEMP TABLE sent AS
    SELECT accession, reporter, row_number() OVER (ORDER BY received_at, submissions.rowid) AS place,
        verdict = 'accepted' AND accession NOT IN (SELECT supersedes FROM submissions WHERE supersedes IS NOT NULL)
            AS standing
    FROM submissions
    WHERE quarter = getvariable('quarter') AND verdict <> 'set_aside';

-- everybody who wrote what was written in this run
CREATE TEMP TABLE writers AS
    WITH written AS (
        SELECT reporter, item, digest, place, standing, wordings.rowid AS kept
        FROM wordings
        JOIN sent USING (accession)
        SEMI JOIN own USING (item, digest)
        UNION ALL
        SELECT reporter, item, digest, (SELECT count(*) FROM sent) + 1 + file, true, NULL FROM own
    )
    SELECT reporter, item, digest, min(place) AS place, arg_min(kept, place) AS kept
    FROM written
    GROUP BY reporter, item, digest
    HAVING bool_or(standing);

-- every wording of this run once, with the first who wrote it
CREATE TEMP TABLE told AS
    SELECT item, digest, arg_min(reporter, place) AS reporter, min(place) AS place, arg_min(kept, place) AS kept
    FROM writers
    SEMI JOIN (SELECT item, digest FROM own WHERE length >= (SELECT least FROM copying)) USING (item, digest)
    GROUP BY item, digest;
