"""The networks that recognize characters and pictures, and the files that hold their weights."""
