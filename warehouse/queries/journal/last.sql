-- The number of the last step.
SELECT coalesce(max(step), 0) FROM steps
