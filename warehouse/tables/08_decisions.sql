-- What people decided on drafts. An approved one is the publication that it became; other decisions leave nothing but this.
CREATE TABLE IF NOT EXISTS decisions (
    publication VARCHAR NOT NULL,            -- what the decision is of: the revision that it let pass, or the draft
    quarter     VARCHAR NOT NULL REFERENCES quarters (quarter),
    inputs      VARCHAR NOT NULL,            -- digest of what the figures that were decided on are made from
    decision    VARCHAR NOT NULL CHECK (decision IN ('approved', 'sent_back', 'held')),
    decided_by  VARCHAR NOT NULL CHECK (decided_by <> ''),
    decided_at  TIMESTAMPTZ NOT NULL,
    comment     VARCHAR NOT NULL             -- '' for none
);
