-- The content that has been judged in a quarter, and under which accession number.
SELECT digest, accession FROM submissions WHERE quarter = $quarter;
