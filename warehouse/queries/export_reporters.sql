-- Who has files of a quarter: whoever sent something or owes something.
SELECT coalesce(reporter, '000000') FROM submissions WHERE quarter = $quarter
UNION
SELECT reporter FROM obligations WHERE quarter = $quarter
ORDER BY 1
