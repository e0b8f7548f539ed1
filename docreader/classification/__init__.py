"""Classification of whole images: preprocessing, scores, records."""
