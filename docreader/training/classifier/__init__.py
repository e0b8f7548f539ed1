"""Training of classifiers of whole images: AlexNet in its forms, and LeNet-5 in the review's."""
