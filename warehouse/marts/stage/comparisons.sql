-- What the publication is compared with, and the views that lead from there to now: the figures as they were published (the
-- edition's own), the same under the rules of now (`ruled`), without corrections (`typed`); the earlier quarters as they are
-- typed by now (`between`), the present ones (`now_typed`), and those with their corrections (now's own).
CREATE OR REPLACE TEMP TABLE comparisons AS
WITH ruled AS (
    SELECT e.*, CASE WHEN e.registry = scope.registry THEN e.edition ELSE e.edition || '_ruled' END AS ruled
    FROM scope JOIN editions e ON e.edition <> 'now'
)
SELECT edition AS comparison, publication, quarter, until, registry, ruled,
       CASE WHEN edition IN (SELECT c.edition FROM corrections c WHERE outcome = 'applied') THEN edition || '_typed' ELSE ruled END AS typed,
       CASE WHEN edition = 'before' THEN 'between' END AS between,
       CASE WHEN 'now' IN (SELECT c.edition FROM corrections c WHERE outcome = 'applied') THEN 'now_typed' ELSE 'now' END AS now_typed
FROM ruled
