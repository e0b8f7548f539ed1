"""Training of the character recognizer, the whole reader and the image classifier."""
