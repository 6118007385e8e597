-- Until 0.1.0 a quarter knew only the last registry that it stood under.
SELECT quarter, registry, opened_at AS since FROM quarters
