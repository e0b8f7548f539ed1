"""Networks of historical interest: LeNet-1, LeNet-5 as in the review, the two-column AlexNet."""
