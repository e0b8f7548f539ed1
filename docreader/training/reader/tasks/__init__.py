"""Training tasks of a reader: what differs between SDNN and HOS."""
