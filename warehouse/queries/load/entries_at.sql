-- Where the run's entries lie.
SET VARIABLE entries = $parts
