-- How much of some submissions was taken in: rows with a state, figures, figures that do not apply, projects.
SELECT
    accession,
    count(*) FILTER (tab = 'progress' AND field = 'status' AND state = 'value') AS items,
    count(*) FILTER (tab = 'inputs' AND field = 'value' AND state = 'value') AS figures,
    count(*) FILTER (tab = 'inputs' AND field = 'value' AND state = 'not_applicable') AS not_applicable,
    count(*) FILTER (tab = 'projects' AND field = 'name' AND state = 'value') AS projects
FROM entries
WHERE accession IN (SELECT unnest($accessions))
GROUP BY accession;
