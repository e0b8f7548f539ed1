"""Training of the character recognizer (LeNet-5 and its variants) on isolated digits."""
