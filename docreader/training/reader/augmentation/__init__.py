"""Data augmentation for readers: line images, candidate segments, whole fields, recombination."""
