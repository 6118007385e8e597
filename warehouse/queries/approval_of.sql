-- The decision that let a publication pass.
SELECT decision AS kind, decided_by AS "by", decided_at AS "at", comment
FROM decisions
WHERE publication = $publication AND decision = 'approved'
