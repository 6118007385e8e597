"""Reading and checking spread over machines: what goes out to workers, what they do with it, and what comes back."""
