"""The torch back end: tensor operations level by level, on every device."""
