-- The plan as it was when something was done under it. Everything here hangs on the digest of the registry's files.

CREATE TABLE IF NOT EXISTS registries (
    registry    VARCHAR PRIMARY KEY CHECK (length(registry) = 64),
    plan        VARCHAR NOT NULL,
    year        INTEGER NOT NULL,
    files       JSON NOT NULL,               -- name -> text, so that a closed quarter can be rebuilt with its rules
    recorded_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE IF NOT EXISTS reporters (
    registry   VARCHAR NOT NULL REFERENCES registries (registry),
    reporter   VARCHAR NOT NULL,
    place      INTEGER NOT NULL,             -- the registry's order
    name       VARCHAR NOT NULL,
    full_name  VARCHAR NOT NULL,
    kind       VARCHAR NOT NULL CHECK (kind IN ('prefecture', 'department', 'institution')),
    population BIGINT CHECK (population > 0),
    PRIMARY KEY (registry, reporter)
);

CREATE TABLE IF NOT EXISTS items (
    registry VARCHAR NOT NULL REFERENCES registries (registry),
    item     INTEGER NOT NULL,
    name     VARCHAR NOT NULL,
    chapter  INTEGER NOT NULL,
    chapter_title VARCHAR NOT NULL,
    title    VARCHAR NOT NULL,
    PRIMARY KEY (registry, item)
);

-- who answers for the item as a whole: its leads, or the one that sums it up
CREATE TABLE IF NOT EXISTS consolidators (
    registry VARCHAR NOT NULL REFERENCES registries (registry),
    item     INTEGER NOT NULL,
    reporter VARCHAR NOT NULL,
    PRIMARY KEY (registry, item, reporter)
);

CREATE TABLE IF NOT EXISTS measures (
    registry  VARCHAR NOT NULL REFERENCES registries (registry),
    measure   VARCHAR NOT NULL,
    place     INTEGER NOT NULL,              -- the plan's order
    item      INTEGER NOT NULL,
    title     VARCHAR NOT NULL,
    unit      VARCHAR NOT NULL,
    figures   VARCHAR NOT NULL CHECK (figures IN ('to_date', 'in_quarter', 'latest')),
    aggregate VARCHAR NOT NULL CHECK (aggregate IN ('sum', 'ratio', 'max', 'latest')),
    target    DECIMAL(24, 6),                -- of the province; NULL where there is none, or its baseline is not known yet
    target_by VARCHAR,                       -- a quarter
    schedule  INTEGER[] NOT NULL,            -- percent of the target due by the end of each quarter
    reference VARCHAR,                       -- denominator taken from the reporter's own record: 'population'
    per       INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (registry, measure)
);

CREATE TABLE IF NOT EXISTS deliverables (
    registry    VARCHAR NOT NULL REFERENCES registries (registry),
    deliverable VARCHAR NOT NULL,
    item        INTEGER NOT NULL,
    title       VARCHAR NOT NULL,
    due         VARCHAR NOT NULL,            -- a quarter
    PRIMARY KEY (registry, deliverable)
);

-- One row per input: what its typed figure may be.
CREATE TABLE IF NOT EXISTS inputs (
    registry VARCHAR NOT NULL REFERENCES registries (registry),
    input    VARCHAR NOT NULL,
    place    INTEGER NOT NULL,
    item     INTEGER NOT NULL,
    measure  VARCHAR NOT NULL,
    part     VARCHAR NOT NULL CHECK (part IN ('value', 'numerator', 'denominator')),
    title    VARCHAR NOT NULL,
    unit     VARCHAR NOT NULL,
    figures  VARCHAR NOT NULL,
    minimum  DECIMAL(24, 6),
    maximum  DECIMAL(24, 6),
    decimals INTEGER NOT NULL,
    PRIMARY KEY (registry, input)
);

-- The items' own rules between inputs (`checks:` in an item's file), one row each.
CREATE TABLE IF NOT EXISTS item_checks (
    registry VARCHAR NOT NULL REFERENCES registries (registry),
    item     INTEGER NOT NULL,
    rule     VARCHAR NOT NULL CHECK (rule IN ('never_falls', 'not_above')),
    input    VARCHAR NOT NULL,               -- the one that must not fall, or the part
    whole    VARCHAR,                        -- what the part may not exceed
    severity VARCHAR NOT NULL
);

-- What each doubt is measured by (`doubts.yaml`), and the words that say nothing: one row per rule and word.
CREATE TABLE IF NOT EXISTS doubts (
    registry VARCHAR NOT NULL REFERENCES registries (registry),
    rule     VARCHAR NOT NULL,
    word     VARCHAR NOT NULL,
    value    DECIMAL(24, 6),                 -- NULL for a word that says nothing
    PRIMARY KEY (registry, rule, word)
);

CREATE TABLE IF NOT EXISTS owed_items (
    registry VARCHAR NOT NULL REFERENCES registries (registry),
    item     INTEGER NOT NULL,
    reporter VARCHAR NOT NULL,
    role     VARCHAR NOT NULL CHECK (role IN ('lead', 'support', 'local')),
    PRIMARY KEY (registry, item, reporter)
);

CREATE TABLE IF NOT EXISTS owed_inputs (
    registry VARCHAR NOT NULL REFERENCES registries (registry),
    input    VARCHAR NOT NULL,
    reporter VARCHAR NOT NULL,
    PRIMARY KEY (registry, input, reporter)
);

-- A reporter's own target of a measure: its share, or the common one that each has to reach.
CREATE TABLE IF NOT EXISTS targets (
    registry VARCHAR NOT NULL REFERENCES registries (registry),
    measure  VARCHAR NOT NULL,
    reporter VARCHAR NOT NULL,
    target   DECIMAL(24, 6) NOT NULL,
    PRIMARY KEY (registry, measure, reporter)
);
