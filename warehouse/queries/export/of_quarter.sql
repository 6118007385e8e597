-- What was received in a quarter, a table at a time, each row with the plan, quarter and reporter that its file is named
-- for; 000000 is nobody, as in accession numbers. Of some
-- reporters at a time, because sorting what all of many thousands sent takes all the memory.
CREATE OR REPLACE TEMP VIEW sent AS
    SELECT plan, quarter, coalesce(reporter, '000000') AS reporter, submissions.* EXCLUDE (quarter, reporter)
    FROM submissions
    JOIN registries USING (registry)
    WHERE quarter = getvariable('quarter') AND coalesce(reporter, '000000') BETWEEN getvariable('first') AND getvariable('last');

CREATE OR REPLACE TEMP VIEW placed AS SELECT plan, quarter, reporter, accession FROM sent;
