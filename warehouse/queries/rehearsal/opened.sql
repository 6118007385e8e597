-- The quarters that have been opened, with the plan that each stands under.
SELECT quarter, registry, opened_at FROM quarters ORDER BY quarter
