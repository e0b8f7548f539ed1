"""Training of the whole reader from images that are labeled with nothing but their string."""
