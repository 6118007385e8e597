SELECT * FROM sent ORDER BY plan, quarter, reporter, accession
