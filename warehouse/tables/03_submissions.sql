-- What was received: never changed, never deleted. A later submission supersedes an accepted one, it does not replace it.

CREATE TABLE IF NOT EXISTS submissions (
    accession   VARCHAR PRIMARY KEY,         -- 2023Q1-420100-01; the reporter is 000000 where nobody can be told
    quarter     VARCHAR NOT NULL REFERENCES quarters (quarter),
    reporter    VARCHAR,                     -- NULL where nobody can be told
    number      INTEGER NOT NULL CHECK (number > 0),
    digest      VARCHAR NOT NULL CHECK (length(digest) = 64),
    file_name   VARCHAR NOT NULL,
    folder      VARCHAR NOT NULL,            -- below the quarter's intake folder; '' is the folder itself
    size        BIGINT NOT NULL CHECK (size >= 0),
    received_at TIMESTAMPTZ NOT NULL,        -- when it was recorded: order and past states go by it
    arrived_at  TIMESTAMPTZ NOT NULL,        -- when its transfer was complete, as far as was observed: deadlines go by it
    registry    VARCHAR NOT NULL REFERENCES registries (registry),
    template    VARCHAR,                     -- from the stamp
    verdict     VARCHAR NOT NULL CHECK (verdict IN ('accepted', 'returned', 'set_aside')),
    late        BOOLEAN NOT NULL,            -- arrived after the due date, as it stood then; `punctuality` is by now
    supersedes  VARCHAR REFERENCES submissions (accession),  -- the accepted one that this accepted one takes the place of
    UNIQUE (quarter, digest, reporter),
    CHECK (verdict = 'set_aside' OR reporter IS NOT NULL),
    CHECK (arrived_at <= received_at)
);

-- Late or not by the due dates as extensions have left them. A view, because a row that others refer to cannot change.
-- Whoever asks about one quarter joins by `quarter` as well, so that no other quarter's obligations are looked at.
CREATE VIEW IF NOT EXISTS punctuality AS
SELECT s.accession, s.quarter, (s.arrived_at AT TIME ZONE 'Asia/Shanghai')::DATE > coalesce(o.due, q.due) AS late
FROM submissions s
JOIN quarters q USING (quarter)
LEFT JOIN (SELECT quarter, reporter, max(due) AS due FROM obligations GROUP BY quarter, reporter) o
    USING (quarter, reporter);

-- An answer that was written to the outbox; a submission without one is answered by the next run.
CREATE TABLE IF NOT EXISTS answers (
    accession   VARCHAR NOT NULL REFERENCES submissions (accession),
    path        VARCHAR NOT NULL,            -- below the outbox
    answered_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (accession)
);

-- Every non-blank cell as it was typed. `part` says what became of it: 'entry' (typed by the reporter into a place made
-- for it), 'printed' (the template's own), 'stamp', or 'outside' (written where nothing is asked). To be told how to
-- compress what was typed, here and below, spares DuckDB a fifth of a run's loading.
CREATE TABLE IF NOT EXISTS cells (
    accession VARCHAR NOT NULL,
    sheet     VARCHAR NOT NULL,
    row       INTEGER NOT NULL,
    col       INTEGER NOT NULL,
    address   VARCHAR NOT NULL,
    kind      VARCHAR NOT NULL CHECK (kind IN ('text', 'number', 'date', 'bool', 'error', 'formula')),
    typed     VARCHAR NOT NULL USING COMPRESSION zstd,
    part      VARCHAR NOT NULL CHECK (part IN ('entry', 'printed', 'stamp', 'outside'))
);

-- One row per place made for an entry: the typed text, what it was read as, and the cell it stands in.
CREATE TABLE IF NOT EXISTS entries (
    accession VARCHAR NOT NULL,
    tab       VARCHAR NOT NULL CHECK (tab IN ('progress', 'inputs', 'projects')),
    key       VARCHAR NOT NULL,              -- the item number, the input's code, or the project's row in the sheet
    item      INTEGER,
    field     VARCHAR NOT NULL,
    state     VARCHAR NOT NULL CHECK (state IN ('value', 'blank', 'not_applicable', 'unreadable')),
    typed     VARCHAR NOT NULL USING COMPRESSION zstd,  -- '' where blank
    text      VARCHAR USING COMPRESSION zstd,           -- cleaned text, or the identifier of a status
    number    DECIMAL(24, 6),
    day       DATE,
    sheet     VARCHAR NOT NULL,
    row       INTEGER NOT NULL,
    address   VARCHAR NOT NULL
);

CREATE TABLE IF NOT EXISTS findings (
    accession VARCHAR NOT NULL,
    place     INTEGER NOT NULL,              -- order within the submission
    rule      VARCHAR NOT NULL,
    severity  VARCHAR NOT NULL CHECK (severity IN ('structure', 'must_fix', 'confirm', 'notice')),
    item      INTEGER,
    sheet     VARCHAR NOT NULL,              -- '' where the fault is the file's
    cells     VARCHAR[] NOT NULL,
    value     VARCHAR NOT NULL,
    message   VARCHAR NOT NULL,
    remedy    VARCHAR NOT NULL,
    settled   VARCHAR CHECK (settled IN ('explained', 'waived')),  -- known of, and no reason to return the submission
    because   VARCHAR NOT NULL DEFAULT '',   -- the explanation, or the reason of the waiver
    PRIMARY KEY (accession, place)
);

-- 情况说明: what a reporter said of a doubt. It holds for the same doubt of the same value in later submissions too.
CREATE TABLE IF NOT EXISTS explanations (
    accession VARCHAR NOT NULL,
    reporter  VARCHAR NOT NULL,
    rule      VARCHAR NOT NULL,
    item      INTEGER,
    subject   VARCHAR NOT NULL,              -- the item's number, the input, the project's code or else its name
    value     VARCHAR NOT NULL,              -- what was doubted
    text      VARCHAR NOT NULL
);

-- What of an item that its reporter owes is not whole in an accepted submission, by the rules of the quarter: reckoned when
-- it is loaded and when those rules change, because of a quarter of many thousands it takes seconds.
CREATE TABLE IF NOT EXISTS lacking (
    accession VARCHAR NOT NULL,
    item      INTEGER NOT NULL,
    lacks     VARCHAR[] NOT NULL             -- of: status, text, figures, reason
);

-- A reporter's piece of an item. Its code is given once, when it is first accepted, and stays until it is closed.
CREATE TABLE IF NOT EXISTS projects (
    project   VARCHAR PRIMARY KEY,           -- 420100-13-01
    plan      VARCHAR NOT NULL,
    reporter  VARCHAR NOT NULL,
    item      INTEGER NOT NULL,
    number    INTEGER NOT NULL CHECK (number > 0),
    name      VARCHAR NOT NULL,              -- as first accepted: a resubmission without the code is matched by it
    accession VARCHAR NOT NULL REFERENCES submissions (accession),
    UNIQUE (reporter, item, number)
);

-- Which row of an accepted submission speaks of which project.
CREATE TABLE IF NOT EXISTS project_rows (
    accession VARCHAR NOT NULL REFERENCES submissions (accession),
    key       VARCHAR NOT NULL,
    project   VARCHAR NOT NULL REFERENCES projects (project),
    PRIMARY KEY (accession, key)
);
