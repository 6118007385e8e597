-- What was received, a table at a time, each row with the plan, quarter and reporter that its file is named for; 000000 is
-- nobody, as in accession numbers.
CREATE TEMP VIEW sent AS
    SELECT plan, quarter, coalesce(reporter, '000000') AS reporter, submissions.* EXCLUDE (quarter, reporter)
    FROM submissions
    JOIN registries USING (registry)
    WHERE quarter IN (SELECT unnest(getvariable('quarters')));

CREATE TEMP VIEW placed AS SELECT plan, quarter, reporter, accession FROM sent;
