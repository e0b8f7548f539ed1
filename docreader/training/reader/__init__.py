"""Training of the whole reader from images that are labelled with nothing but their string."""
