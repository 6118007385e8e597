-- The lights' records, one a reporter.
SELECT record FROM light_records ORDER BY reporter
