"""Training tasks of the two methods of reading, SDNN and HOS."""
