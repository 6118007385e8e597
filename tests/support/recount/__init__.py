"""A publication counted once more from the files that were sent, by other code: pandas and calamine, none of duban."""
