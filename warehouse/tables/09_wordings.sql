-- What reporters wrote of their items, as far as copies are searched by it (duban/warehouse/wordings.py): a row for every text
-- of a submission that is somebody's and holds a letter. What a quarter has is read at every run, so it is little.
CREATE TABLE IF NOT EXISTS wordings (
    accession VARCHAR NOT NULL,
    item      INTEGER NOT NULL,
    digest    BIGINT NOT NULL,               -- of its letters
    length    INTEGER NOT NULL,              -- characters, as it was typed
    letters   INTEGER NOT NULL,              -- so many of them
    used      BIGINT NOT NULL,               -- a bit for the kinds of letters that are in it
    code      VARCHAR NOT NULL,              -- a byte for every letter
    marks     UINTEGER[] NOT NULL            -- of the runs of five letters in it, and of all of them
);
