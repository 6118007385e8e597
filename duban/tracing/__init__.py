"""Where figures come from: published cells back to what was typed, and typed cells on to what they fed."""
