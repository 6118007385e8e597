-- What brought a quarter to where it stands, by a moment, in order; drafts are no publications.
SELECT kind, done_at AS "at", done_by AS "by", coalesce(details->>'reason', '') AS reason,
       coalesce(details->>'publication', '') AS publication
FROM steps
WHERE quarter = $quarter AND done_at <= $moment
  AND (kind IN ('opened', 'closed', 'reopened')
       OR (kind = 'published' AND regexp_full_match(details->>'publication', '.*-r\d+')))
ORDER BY step
