"""Reports of trained networks: one page of HTML with its pictures."""
