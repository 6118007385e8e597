-- The inputs that this run has figures of.
SELECT DISTINCT key AS input FROM owed_entries WHERE tab = 'inputs' AND field = 'value' AND number > 0
