-- What checking works on, empty: filled from the parts that reading wrote, the registry, and earlier quarters.

-- of the words by which entries are told apart each stands for a number, which is quicker to compare
CREATE TYPE tab AS ENUM ('progress', 'inputs', 'projects');
CREATE TYPE field AS ENUM (
    'status', 'done', 'problems', 'next', 'expected_on', 'explanation', 'value', 'item', 'code', 'name', 'owner', 'due_on',
    'progress'
);
CREATE TYPE state AS ENUM ('value', 'blank', 'not_applicable', 'unreadable');

CREATE TEMP TABLE sent (file INTEGER, reporter VARCHAR, open BOOLEAN);  -- open: settled and readable, its content is checked

CREATE TEMP TABLE faults (
    file     INTEGER NOT NULL,
    rule     VARCHAR NOT NULL,
    severity VARCHAR,                        -- NULL: the rule's own
    tab      VARCHAR NOT NULL DEFAULT '',
    sheet    VARCHAR NOT NULL DEFAULT '',
    key      VARCHAR NOT NULL DEFAULT '',
    item     INTEGER,
    field    VARCHAR NOT NULL DEFAULT '',
    address  VARCHAR NOT NULL DEFAULT '',
    value    VARCHAR NOT NULL DEFAULT '',
    details  VARCHAR NOT NULL DEFAULT '{}',  -- JSON: words for the message
    settled  VARCHAR,                        -- 'explained' or 'waived': known of, and no reason to return the file
    because  VARCHAR NOT NULL DEFAULT '',    -- the explanation, or the reason of the waiver
    outdated BOOLEAN NOT NULL DEFAULT false  -- what stands in 情况说明 was said of another value
);

-- What a doubt is measured by, from the plan's doubts.yaml; NULL, which doubts nothing, where the plan does not say.
CREATE TEMP MACRO threshold(asked_rule, asked_word) AS (
    SELECT value FROM doubts WHERE rule = asked_rule AND word = asked_word
);

-- a figure as people read it: no trailing zeros, rates as percentages
CREATE TEMP MACRO plain(figure) AS regexp_replace(figure::DECIMAL(24, 6)::VARCHAR, '\.?0+$', '');
CREATE TEMP MACRO shown(figure, unit) AS
    CASE WHEN figure IS NULL THEN '' WHEN unit = '%' THEN plain(figure * 100) || '%' ELSE plain(figure) END;
-- a text without what does not matter in it, to be compared with the words that say nothing
CREATE TEMP MACRO phrase(written) AS
    regexp_replace(regexp_replace(written, '[\s\x{3000}]+', '', 'g'), '[。．.！!；;，,、…]+$', '');
-- what of a text counts when it is compared: its letters, no digits, spaces or stops
CREATE TEMP MACRO letters(written) AS regexp_replace(written, '[^\p{L}]+', '', 'g');
-- how alike two texts are, a byte for each of their letters, from 0 to 1; and whether their lengths alone forbid it
CREATE TEMP MACRO likeness(one, other) AS
    1 - levenshtein(one, other) / greatest(length(one), length(other), 1)::DOUBLE;
CREATE TEMP MACRO likely_alike(one, other, wanted) AS
    least(length(one), length(other)) >= wanted * greatest(length(one), length(other));
-- the digits after the point that a figure needs
CREATE TEMP MACRO digits(figure) AS length(rtrim(split_part(figure::DECIMAL(24, 6)::VARCHAR, '.', 2), '0'));
