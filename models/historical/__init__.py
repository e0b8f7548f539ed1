"""Networks of historical interest: LeNet-1, the review's LeNet-5, the two-column AlexNet."""
