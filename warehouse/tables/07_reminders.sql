-- Who was reminded of a report that is due, at which step. 'sending' is written before something goes out and 'sent' after:
-- what stays 'sending' was cut off in between, may have arrived, and is not sent again.
CREATE TABLE IF NOT EXISTS reminders (
    quarter     VARCHAR NOT NULL REFERENCES quarters (quarter),
    reporter    VARCHAR NOT NULL,            -- '' for the directors' list and for a word to a group chat
    due         DATE NOT NULL,               -- the date that the step counts from: an extension makes new steps
    step        INTEGER NOT NULL,            -- working days from then on; before it negative
    channel     VARCHAR NOT NULL CHECK (channel IN ('mail', 'outbox', 'webhook')),
    webhook     VARCHAR NOT NULL,            -- which of them; '' for the other channels
    recipients  VARCHAR[] NOT NULL,          -- mail addresses, or the path below the outbox
    state       VARCHAR NOT NULL CHECK (state IN ('sending', 'sent', 'failed')),
    reminded_at TIMESTAMPTZ NOT NULL,
    said        VARCHAR NOT NULL,            -- what went wrong, in words; '' where nothing did
    PRIMARY KEY (quarter, reporter, due, step, channel, webhook)
);

-- Answers that were mailed. 'sending' as above; the next run makes it 'in_doubt', which is not sent again either.
CREATE TABLE IF NOT EXISTS mailed (
    accession  VARCHAR PRIMARY KEY REFERENCES submissions (accession),
    recipients VARCHAR[] NOT NULL,
    state      VARCHAR NOT NULL CHECK (state IN ('sending', 'sent', 'failed', 'in_doubt')),
    mailed_at  TIMESTAMPTZ NOT NULL,
    said       VARCHAR NOT NULL              -- what went wrong, in words; '' where nothing did
);
