-- Note what became of an answer that was mailed; what was noted of it before is replaced.
INSERT INTO mailed
VALUES ($accession, $recipients::VARCHAR[], $state, $now, $said)
ON CONFLICT DO UPDATE SET
    recipients = excluded.recipients, state = excluded.state, mailed_at = excluded.mailed_at, said = excluded.said
