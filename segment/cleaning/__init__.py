"""Cleaning of a field: ink extraction, removal of ruled lines and form boxes, despeckling, deslanting."""
