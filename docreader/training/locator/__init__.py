"""Training of the field locator: on boxes, or on amounts alone through a recognizer."""
