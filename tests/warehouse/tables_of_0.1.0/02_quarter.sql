-- A quarter that was opened, and what is owed in it.

CREATE TABLE IF NOT EXISTS quarters (
    quarter   VARCHAR PRIMARY KEY CHECK (regexp_full_match(quarter, '\d{4}Q[1-4]')),
    -- of registries, without saying so: DuckDB cannot change a foreign key in a row that others refer to, and a plan may
    -- be mended while its quarter is open
    registry  VARCHAR NOT NULL,
    ends      DATE NOT NULL,
    due       DATE NOT NULL CHECK (due > ends),
    opened_at TIMESTAMPTZ NOT NULL
);

-- 应报: reporter x item x quarter, the denominator of completeness.
CREATE TABLE IF NOT EXISTS obligations (
    quarter  VARCHAR NOT NULL REFERENCES quarters (quarter),
    reporter VARCHAR NOT NULL,
    item     INTEGER NOT NULL,
    role     VARCHAR NOT NULL CHECK (role IN ('lead', 'support', 'local')),
    due      DATE NOT NULL,
    PRIMARY KEY (quarter, reporter, item)
);

-- Every template that was issued; a submission names the one it was filled in on.
CREATE TABLE IF NOT EXISTS templates (
    template  VARCHAR NOT NULL,
    quarter   VARCHAR NOT NULL REFERENCES quarters (quarter),
    reporter  VARCHAR NOT NULL,
    registry  VARCHAR NOT NULL REFERENCES registries (registry),
    issued_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (template, quarter, reporter)
);
