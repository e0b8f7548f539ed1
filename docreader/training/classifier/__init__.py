"""Training of image classifiers: AlexNet in three forms, and LeNet-5 of the review."""
