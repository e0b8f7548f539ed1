"""Classes of whole images: how they are prepared, scored and said."""
