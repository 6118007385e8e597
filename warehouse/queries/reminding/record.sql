-- Note what became of a reminder; what was noted of it before is replaced.
INSERT INTO reminders
VALUES ($quarter, $reporter, $due::DATE, $step, $channel, $webhook, $recipients::VARCHAR[], $state, $now, $said)
ON CONFLICT DO UPDATE SET
    recipients = excluded.recipients, state = excluded.state, reminded_at = excluded.reminded_at, said = excluded.said
