-- What is being published, as one record.
SELECT s.publication, s.quarter, s.revision, s.registry, s.as_of, s.due, s.ends, s.base, b.as_of AS base_as_of
FROM scope s LEFT JOIN publications b ON b.publication = s.base
