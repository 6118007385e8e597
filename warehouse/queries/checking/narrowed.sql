-- From here on this connection sees of submissions and projects those of the senders alone: whatever else of earlier is
-- asked is about them.
CREATE TEMP TABLE submissions AS FROM submissions SEMI JOIN senders USING (reporter);
CREATE TEMP TABLE projects AS FROM projects SEMI JOIN senders USING (reporter)
