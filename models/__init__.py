"""The networks that recognise characters and pictures, and the files that hold their weights."""
