-- What was done, step by step, with all that cannot be told from archived files and the plan: who sent which file when, by
-- which rules it was judged, what was issued. The journal in the archive is a copy of it, and a warehouse can be made anew
-- from that.

CREATE TABLE IF NOT EXISTS steps (
    step    INTEGER PRIMARY KEY CHECK (step > 0),
    kind    VARCHAR NOT NULL CHECK (
        kind IN (
            'opened', 'due', 'templates', 'received', 'answered', 'mailed', 'reminded', 'closed', 'reopened', 'decided',
            'pinned', 'published'
        )
    ),
    quarter VARCHAR NOT NULL,
    done_at TIMESTAMPTZ NOT NULL,
    duban   VARCHAR NOT NULL,                -- the version that did it
    done_by VARCHAR NOT NULL DEFAULT '',     -- the person; '' where nobody noted it
    details JSON NOT NULL,
    keeps   VARCHAR[] NOT NULL               -- the texts that it names by digest: of `kept`, or a registry
);

-- Texts that steps were done by, under the SHA-256 of the text: ledgers, and wordings.
CREATE TABLE IF NOT EXISTS kept (
    digest VARCHAR PRIMARY KEY CHECK (length(digest) = 64),
    text   JSON NOT NULL
);
