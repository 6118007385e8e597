-- Reported in an earlier quarter, not closed then, and not in this file.
SELECT file, 'projects' AS tab, known.item, known.project AS value,
    json_object('vanished', known.project || '“' || known.name || '”', 'maximum', shown(1, '%')) AS details
FROM sent
JOIN known_projects known USING (reporter)
ANTI JOIN found_projects found ON found.file = sent.file AND found.project = known.project
WHERE sent.open AND known.quarter IS NOT NULL AND known.status IS DISTINCT FROM 'closed'
