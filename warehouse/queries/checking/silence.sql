DELETE FROM faults
WHERE file NOT IN (SELECT file FROM sent WHERE open)
    AND rule NOT IN (SELECT rule FROM severities WHERE base = 'structure')
