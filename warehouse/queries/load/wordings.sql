-- Of what is nobody's no copies are searched.
INSERT INTO wordings BY NAME
SELECT accession, wordings.* EXCLUDE (file, row)
FROM read_parquet($parts) wordings
JOIN (SELECT file, accession FROM numbered WHERE verdict <> 'set_aside') USING (file)
