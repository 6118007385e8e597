-- Files whose content is checked: those that settling left open, and that have no fault of structure. The content of
-- the others is not looked at: their faults of content go.
INSERT INTO sent
SELECT file, reporter, open AND file NOT IN (SELECT file FROM faults JOIN severities USING (rule) WHERE base = 'structure')
FROM settled
