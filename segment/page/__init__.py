"""Page analysis: page kind, rectification, deskewing, image quality, field location, currency symbols."""
