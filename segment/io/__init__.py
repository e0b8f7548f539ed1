"""Image decoding: PNG, JPEG, TIFF and PDF files to grayscale pages."""
