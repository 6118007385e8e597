-- Somebody else's text of the same item, in this run or accepted before.
SELECT e.file, e.tab, e.sheet, e.key, e.item, e.field, e.address, e.typed AS value,
    json_object('other', reporters.name, 'alike', shown(threshold('text_copied', 'alike'), '%')) AS details
FROM accused
JOIN reporters ON reporters.reporter = accused.other
JOIN owed_entries e USING (id)
