"""Training of the character recognizer (LeNet-5 and its family) on isolated digits."""
