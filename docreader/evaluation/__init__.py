"""How well a reader reads: labelled images, what came of them, figures with their uncertainty, reports."""
