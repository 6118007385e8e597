-- What the submissions that count lack of each item that is owed, by the pinned rules.
CREATE OR REPLACE TEMP TABLE content_of AS
SELECT p.accession, p.reporter, scope.registry
FROM scope JOIN pinned p ON p.edition = 'now' AND p.current AND p.quarter = scope.quarter AND p.piece = getvariable('piece');

SELECT accession, item, lacks FROM content();
