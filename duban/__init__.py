"""duban 督办: quarterly progress reports, collected, checked and consolidated."""
