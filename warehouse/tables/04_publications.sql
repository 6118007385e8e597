-- Issued workbooks, with everything they pin.

CREATE TABLE IF NOT EXISTS publications (
    publication VARCHAR PRIMARY KEY,         -- 2023Q1-r1, 2023Q1-draft, or a past state, 2023Q1-asof-20230412T0900
    quarter     VARCHAR NOT NULL REFERENCES quarters (quarter),
    revision    INTEGER CHECK (revision > 0),  -- NULL for a draft and for a past state
    registry    VARCHAR NOT NULL REFERENCES registries (registry),
    as_of       TIMESTAMPTZ NOT NULL,        -- the last receipt that it knows of
    -- the issued ones that its changes are told against: the last of the same quarter, and of the year's quarter before
    base        VARCHAR,
    before      VARCHAR,
    pinned_at   TIMESTAMPTZ NOT NULL,        -- the moment whose state it is of
    duban       VARCHAR NOT NULL,            -- the version that pinned it, and the look and the wordings of that day:
    wording     JSON NOT NULL,               -- file name -> text. They shape its bytes, but alone make no new revision
    ledgers     JSON NOT NULL DEFAULT '{}',  -- the records it was made with, the files they stood in, and their digest
    inputs      VARCHAR NOT NULL,            -- digest of its submissions, rules and ledgers: while they are equal, nothing is new
    workbook    VARCHAR,                     -- digest of the file; NULL until its folder stands
    issued_at   TIMESTAMPTZ,
    UNIQUE (quarter, revision)
);

CREATE TABLE IF NOT EXISTS publication_submissions (
    publication VARCHAR NOT NULL REFERENCES publications (publication),
    accession   VARCHAR NOT NULL REFERENCES submissions (accession),
    current     BOOLEAN NOT NULL,            -- its figures count; the others are known of (returned, superseded, set aside)
    PRIMARY KEY (publication, accession)
);

-- A light keeps what it was made of.
CREATE TABLE IF NOT EXISTS lights (
    publication VARCHAR NOT NULL,
    scope       VARCHAR NOT NULL CHECK (scope IN ('measure', 'deliverable', 'item', 'reporter_measure', 'reporter_item')),
    item        INTEGER NOT NULL,
    subject     VARCHAR NOT NULL,            -- measure, deliverable or '' for an item
    reporter    VARCHAR NOT NULL,            -- '' for the province
    value       DECIMAL(24, 6),
    target      DECIMAL(24, 6),
    schedule    DECIMAL(9, 6),               -- share of the target due by now, a fraction
    threshold   DECIMAL(9, 6),               -- share of the schedule from which it is yellow
    formula     VARCHAR NOT NULL,
    -- what the figures say by themselves; `light` is yellow instead of done in the quarter in which an overdue one was made up
    judged      VARCHAR NOT NULL CHECK (judged IN ('green', 'yellow', 'red', 'done', 'grey')),
    light       VARCHAR NOT NULL CHECK (light IN ('green', 'yellow', 'red', 'done', 'grey')),
    computed    BOOLEAN NOT NULL             -- false: the reporter's own word stands in, a hollow sign
);
