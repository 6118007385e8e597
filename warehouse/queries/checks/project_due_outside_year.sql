SELECT file, tab, sheet, key, item, field, address, day::VARCHAR AS value,
    json_object('minimum', year || '-01-01', 'maximum', year || '-12-31') AS details
FROM scope, owed_entries
WHERE tab = 'projects' AND field = 'due_on' AND year(day) <> year
