-- Steps after one that is known, in order.
SELECT step, kind, quarter, done_at AS "at", duban, done_by AS "by", details, keeps FROM steps WHERE step > $after ORDER BY step
