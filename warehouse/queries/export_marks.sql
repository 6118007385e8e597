-- By what it is told whether a quarter has changed since it was exported: every change notes a step, and what was received
-- is told by its digests.
SELECT quarter, count(step) || '-' || coalesce(max(step), 0) || '-' || any_value(received) AS mark
FROM quarters
LEFT JOIN steps USING (quarter)
LEFT JOIN (
    SELECT quarter, count(*) || '-' || bit_xor(hash(accession, digest, verdict)) AS received FROM submissions GROUP BY quarter
) USING (quarter)
GROUP BY quarter
ORDER BY quarter
