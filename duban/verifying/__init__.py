"""Whether everything still holds: archive, cells, figures, workbooks."""
