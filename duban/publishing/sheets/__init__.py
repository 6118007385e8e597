"""The sheets of a publication, one module each: load rows, write."""
