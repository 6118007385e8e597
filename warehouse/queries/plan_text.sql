-- The `plan.yaml` that a quarter stands under.
SELECT files->>'plan.yaml' FROM quarters JOIN registries USING (registry) WHERE quarter = $quarter
