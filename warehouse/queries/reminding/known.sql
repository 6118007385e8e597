-- What has been noted of the reminders of a quarter.
SELECT reporter, due, step, channel, webhook, recipients, state, reminded_at, said
FROM reminders
WHERE quarter = $quarter
ORDER BY reporter, due, step, channel, webhook
