-- What reporters have said of doubts in the year so far, this quarter included, the last word on each value.
SELECT e.reporter, e.rule, e.subject, e.value, e.text, s.quarter
FROM explanations e
JOIN submissions s USING (accession)
WHERE s.quarter <= $quarter AND left(s.quarter, 4) = left($quarter, 4)
QUALIFY row_number() OVER (
    PARTITION BY e.reporter, e.rule, e.subject, e.value ORDER BY s.quarter DESC, s.number DESC
) = 1
