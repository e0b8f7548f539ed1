"""Neural networks (LeNet-5, SDNN, segment scorer, AlexNet) and their model files."""
