-- What was written of items, ready to be compared: only letters count, so that other numbers, spaces or stops hide no copy,
-- and every letter becomes one byte of ASCII, because levenshtein counts bytes.

CREATE TEMP TABLE own_texts AS
    SELECT id, file, reporter, item, trim(typed) AS text, letters(typed) AS letters
    FROM owed_entries
    WHERE tab = 'progress' AND field = 'done' AND state = 'value' AND item IS NOT NULL;

CREATE TEMP TABLE earlier_letters AS
    SELECT reporter, item, quarter, trim(text) AS text, letters(text) AS letters
    FROM earlier_texts
    WHERE item IN (SELECT item FROM own_texts);

-- Who wrote a text, and when: what is in the warehouse came before what is in this run, whose files count in their order.
-- A text of this run that its reporter has sent before is as old as it was then, whatever became of that submission.
CREATE TEMP TABLE writers AS
    WITH written AS (
        SELECT reporter, item, text, letters(text) AS letters, place, standing FROM sent_texts
        WHERE item IN (SELECT item FROM own_texts)
        UNION ALL
        SELECT reporter, item, text, letters, coalesce((SELECT max(place) FROM sent_texts), 0) + 1 + file, true
        FROM own_texts
    )
    SELECT reporter, item, letters, min(place) AS place, any_value(length(trim(text))) AS length
    FROM written
    WHERE letters <> ''
    GROUP BY reporter, item, letters
    HAVING bool_or(standing);

-- every wording of an item once, with the first who wrote it
CREATE TEMP TABLE wordings AS
    SELECT row_number() OVER () AS wording, item, letters, arg_min(reporter, place) AS reporter, min(place) AS place,
        min(length) AS length, in_ascii(letters) AS code, list_unique(string_split(code, '')) AS used
    FROM writers
    WHERE length >= threshold('text_copied', 'least')
    GROUP BY item, letters;

-- Wordings that share a run of five letters with an earlier one of somebody else: only those are compared letter by
-- letter. Of longer texts every fourth run will do, told by its hash so that it is the same ones in every text; each is
-- held against the first that has the run, so that a phrase that everybody uses costs no more than any other. Every edit
-- takes one letter out of what both use at most and adds one to what either uses: texts with too few letters in common
-- (jaccard, which is quick) need no levenshtein.
CREATE TEMP TABLE likenesses AS
    WITH run AS (
        SELECT wording, item, reporter, place, hash(substr(code, start, 5)) AS run
        FROM (SELECT *, unnest(range(1, length(code) - 3)) AS start FROM wordings)
        WHERE length(code) < 60 OR hash(substr(code, start, 5)) % 4 = 0
    ), first AS (
        SELECT item, run, arg_min(wording, place) AS first FROM run GROUP BY item, run HAVING count(*) > 1
    ), candidate AS (
        SELECT wording, first, count(*) AS shared
        FROM run
        JOIN first USING (item, run)
        WHERE wording <> first
        GROUP BY wording, first
        QUALIFY row_number() OVER (PARTITION BY wording ORDER BY shared DESC, first) <= 3
    )
    SELECT one.wording, other.reporter, other.place, likeness(one.code, other.code) AS alike
    FROM candidate
    JOIN wordings one USING (wording)
    JOIN wordings other ON other.wording = candidate.first
    WHERE other.reporter <> one.reporter
        AND likely_alike(one.code, other.code, threshold('text_copied', 'alike'))
        AND jaccard(one.code, other.code)
            * (least(one.used, other.used) + edits(one.code, other.code, threshold('text_copied', 'alike')))
            >= greatest(one.used, other.used) - edits(one.code, other.code, threshold('text_copied', 'alike'))
