"""Reminding of reports that are due: who, at which step, by which way."""
