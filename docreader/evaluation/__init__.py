"""How well a reader reads: labeled images, what came of them, figures with their uncertainty, reports."""
