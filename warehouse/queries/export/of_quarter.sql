-- What was received in a quarter, a table at a time, each row with the plan, quarter and reporter that its file is named
-- for; 000000 is nobody, as in accession numbers. Each quarter on its own, because sorting ten years takes all the memory.
CREATE OR REPLACE TEMP VIEW sent AS
    SELECT plan, quarter, coalesce(reporter, '000000') AS reporter, submissions.* EXCLUDE (quarter, reporter)
    FROM submissions
    JOIN registries USING (registry)
    WHERE quarter = getvariable('quarter');

CREATE OR REPLACE TEMP VIEW placed AS SELECT plan, quarter, reporter, accession FROM sent;
