-- Issued workbooks, with everything they pin.

CREATE TABLE IF NOT EXISTS publications (
    publication VARCHAR PRIMARY KEY,         -- 2023Q1-r1, or 2023Q1-draft
    quarter     VARCHAR NOT NULL REFERENCES quarters (quarter),
    revision    INTEGER CHECK (revision > 0),  -- NULL for a draft
    registry    VARCHAR NOT NULL REFERENCES registries (registry),
    as_of       TIMESTAMPTZ NOT NULL,        -- the last receipt that it knows of
    base        VARCHAR,                     -- the issued one that its changes are told against; NULL for the year's first
    ledgers     JSON NOT NULL DEFAULT '{}',  -- the records it was made with, the files they stood in, and their digest
    inputs      VARCHAR NOT NULL,            -- digest of all that it was made from: equal inputs, equal workbook
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
    light       VARCHAR NOT NULL CHECK (light IN ('green', 'yellow', 'red', 'done', 'grey')),
    computed    BOOLEAN NOT NULL             -- false: the reporter's own word stands in, a hollow sign
);
