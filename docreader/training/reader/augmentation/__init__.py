"""Data augmentation: line images, candidate segments, whole images, recombination of lines."""
