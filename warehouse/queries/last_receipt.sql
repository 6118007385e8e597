-- When the last file of all was received.
SELECT max(received_at) FROM submissions;
