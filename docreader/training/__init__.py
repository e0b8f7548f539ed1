"""Training of the networks: recipes, digits and negatives, the loop, checkpoints, curves and cards."""
