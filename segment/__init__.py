"""Image processing of pages: decoding, page analysis, cleaning, line images and over-segmentation.

The folders in the order of the pipeline:

* `io` decodes files to grayscale pages.
* `page` finds the fields of a page.
* `cleaning` extracts the ink of a field.
* `line_image` scales the ink to the input of the SDNN.
* `oversegmentation` cuts the ink to candidate segments, the arcs of the segmentation graph.
* `image` has the primitives that all of them use.
"""
