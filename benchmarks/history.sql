-- A past quarter, made of the one that was really collected (`donor.*`): by as many reporters as wanted, each a copy of one
-- of the donor's. Variables: `quarter`, `opens` (whether it is the first under its year's plan), `before` (the year's quarter before, or NULL), `year`, `place` (of the year, from 1),
-- `donor` (its quarter), `copies`, `reporters`, `shift` (days from the donor's quarter to this one).

CREATE OR REPLACE TEMP MACRO code_of(reporter, copy) AS CASE WHEN copy = 0 THEN reporter ELSE reporter || 'X' || copy END;
CREATE OR REPLACE TEMP MACRO registry_of(registry) AS sha256(registry || getvariable('year'));
CREATE OR REPLACE TEMP MACRO moment_of(moment) AS moment + to_days(getvariable('shift')::INTEGER);
-- long texts differ from reporter to reporter, as real ones do: else a column of them would be packed to nothing
CREATE OR REPLACE TEMP MACRO own(typed, accession) AS CASE WHEN length(typed) < 20 THEN typed ELSE typed || left(md5(accession || typed), 8) END;

CREATE OR REPLACE TEMP TABLE copy AS
SELECT r.reporter, n.copy::INTEGER AS copy, code_of(r.reporter, n.copy) AS code
FROM donor.reporters r CROSS JOIN (SELECT unnest(range(getvariable('copies'))) AS copy) n
QUALIFY row_number() OVER (ORDER BY n.copy, r.place) <= getvariable('reporters');

CREATE OR REPLACE TEMP TABLE renamed AS
SELECT s.accession AS was, printf('%s-%s-%02d', getvariable('quarter'), c.code, s.number) AS accession, c.code AS reporter, c.copy
FROM donor.submissions s JOIN copy c USING (reporter);

-- plan of the year, with its first quarter
INSERT INTO registries BY NAME
SELECT registry_of(registry) AS registry, plan || getvariable('year') AS plan, getvariable('year')::INTEGER AS year, files, moment_of(recorded_at) AS recorded_at
FROM donor.registries WHERE getvariable('opens');
INSERT INTO reporters
SELECT r.* REPLACE (registry_of(registry) AS registry, c.code AS reporter, row_number() OVER (ORDER BY copy, place)::INTEGER AS place, code_of(name, copy) AS name, code_of(full_name, copy) AS full_name)
FROM donor.reporters r JOIN copy c USING (reporter) WHERE getvariable('opens');
INSERT INTO owed_items
SELECT o.* REPLACE (registry_of(registry) AS registry, c.code AS reporter)
FROM donor.owed_items o JOIN copy c USING (reporter) WHERE getvariable('opens');
INSERT INTO owed_inputs
SELECT o.* REPLACE (registry_of(registry) AS registry, c.code AS reporter)
FROM donor.owed_inputs o JOIN copy c USING (reporter) WHERE getvariable('opens');
INSERT INTO targets
SELECT o.* REPLACE (registry_of(registry) AS registry, c.code AS reporter)
FROM donor.targets o JOIN copy c USING (reporter) WHERE getvariable('opens');
INSERT INTO items SELECT * REPLACE (registry_of(registry) AS registry) FROM donor.items WHERE getvariable('opens');
INSERT INTO consolidators SELECT * REPLACE (registry_of(registry) AS registry) FROM donor.consolidators WHERE getvariable('opens');
INSERT INTO measures SELECT * REPLACE (registry_of(registry) AS registry) FROM donor.measures WHERE getvariable('opens');
INSERT INTO deliverables SELECT * REPLACE (registry_of(registry) AS registry) FROM donor.deliverables WHERE getvariable('opens');
INSERT INTO inputs SELECT * REPLACE (registry_of(registry) AS registry) FROM donor.inputs WHERE getvariable('opens');
INSERT INTO item_checks SELECT * REPLACE (registry_of(registry) AS registry) FROM donor.item_checks WHERE getvariable('opens');
INSERT INTO doubts SELECT * REPLACE (registry_of(registry) AS registry) FROM donor.doubts WHERE getvariable('opens');

-- what is owed and was issued
INSERT INTO quarters
SELECT getvariable('quarter'), registry_of(registry), ends + getvariable('shift')::INTEGER, due + getvariable('shift')::INTEGER, moment_of(opened_at)
FROM donor.quarters;
INSERT INTO quarter_rules SELECT getvariable('quarter'), registry_of(registry), moment_of(since) FROM donor.quarter_rules;
INSERT INTO obligations
SELECT o.* REPLACE (getvariable('quarter') AS quarter, c.code AS reporter, due + getvariable('shift')::INTEGER AS due)
FROM donor.obligations o JOIN copy c USING (reporter);
INSERT INTO templates
SELECT t.* REPLACE (sha256(getvariable('quarter') || code) AS template, getvariable('quarter') AS quarter, code AS reporter, registry_of(registry) AS registry, moment_of(issued_at) AS issued_at)
FROM donor.templates t JOIN copy c USING (reporter);

-- what was received
INSERT INTO submissions
SELECT s.* REPLACE (r.accession AS accession, getvariable('quarter') AS quarter, r.reporter AS reporter, sha256(r.accession) AS digest,
    moment_of(received_at) AS received_at, moment_of(arrived_at) AS arrived_at, registry_of(registry) AS registry, NULL AS supersedes)
FROM donor.submissions s JOIN renamed r ON r.was = s.accession;
INSERT INTO answers SELECT a.* REPLACE (r.accession AS accession, moment_of(answered_at) AS answered_at)
FROM donor.answers a JOIN renamed r ON r.was = a.accession;
INSERT INTO cells SELECT c.* REPLACE (r.accession AS accession, own(typed, r.accession) AS typed)
FROM donor.cells c JOIN renamed r ON r.was = c.accession WHERE getvariable('cells');
INSERT INTO entries SELECT e.* REPLACE (r.accession AS accession, own(typed, r.accession) AS typed, own(text, r.accession) AS text)
FROM donor.entries e JOIN renamed r ON r.was = e.accession WHERE getvariable('entries');
INSERT INTO lacking SELECT l.* REPLACE (r.accession AS accession) FROM donor.lacking l JOIN renamed r ON r.was = l.accession;
INSERT INTO wordings
SELECT w.* REPLACE (r.accession AS accession, xor(digest, (hash(r.accession) >> 1)::BIGINT) AS digest,
    list_transform(marks, lambda mark: xor(mark, (hash(r.accession) % 4294967296)::UINTEGER)) AS marks)
FROM donor.wordings w JOIN renamed r ON r.was = w.accession;
INSERT INTO findings SELECT f.* REPLACE (r.accession AS accession, own(message, r.accession) AS message) FROM donor.findings f JOIN renamed r ON r.was = f.accession;
INSERT INTO explanations SELECT e.* REPLACE (r.accession AS accession, r.reporter AS reporter)
FROM donor.explanations e JOIN renamed r ON r.was = e.accession;
INSERT INTO projects
SELECT printf('%s-%02d-%d', r.reporter, item, number + 20 * getvariable('place')), plan || getvariable('year'), r.reporter, item, number + 20 * getvariable('place'), name, r.accession
FROM donor.projects p JOIN renamed r ON r.was = p.accession WHERE getvariable('opens');
INSERT INTO project_rows
SELECT r.accession, key, printf('%s-%02d-%d', r.reporter, item, number + 20 * getvariable('place'))
FROM donor.project_rows w JOIN donor.projects p USING (project) JOIN renamed r ON r.was = w.accession;

-- what was published
INSERT INTO publications
SELECT p.* REPLACE (getvariable('quarter') || '-r1' AS publication, getvariable('quarter') AS quarter, registry_of(registry) AS registry, moment_of(as_of) AS as_of,
    getvariable('before') || '-r1' AS before, moment_of(pinned_at) AS pinned_at, sha256(getvariable('quarter')) AS inputs, sha256(getvariable('quarter')) AS workbook, moment_of(issued_at) AS issued_at)
FROM donor.publications p;
INSERT INTO publication_submissions
SELECT getvariable('quarter') || '-r1', r.accession, current FROM donor.publication_submissions p JOIN renamed r ON r.was = p.accession;
INSERT INTO lights SELECT l.* REPLACE (getvariable('quarter') || '-r1' AS publication) FROM donor.lights l WHERE reporter = '';
INSERT INTO lights SELECT l.* REPLACE (getvariable('quarter') || '-r1' AS publication, c.code AS reporter)
FROM donor.lights l JOIN copy c USING (reporter) WHERE getvariable('entries');
INSERT INTO steps
SELECT (row_number() OVER (ORDER BY s.step, n.copy) + (SELECT coalesce(max(step), 0) FROM steps))::INTEGER, kind, getvariable('quarter'), moment_of(done_at), duban, done_by,
    replace(details::VARCHAR, getvariable('donor'), getvariable('quarter')), list_transform(keeps, lambda digest: CASE WHEN digest = r.registry THEN registry_of(digest) ELSE digest END)
FROM donor.steps s CROSS JOIN donor.registries r CROSS JOIN (SELECT unnest(range(getvariable('copies'))) AS copy) n
WHERE kind IN ('templates', 'received', 'answered') OR n.copy = 0;
