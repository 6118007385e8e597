-- The projects that were given their code by some submissions.
SELECT accession, project, name FROM projects WHERE accession IN (SELECT unnest($accessions)) ORDER BY accession, project;
