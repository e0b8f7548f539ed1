from docreader.version import __version__

project = "docreader"
author = "The docreader developers"
release = __version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode"]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
exclude_patterns = ["_build", "cli-reference.md"]  # included by cli.md
html_theme = "furo"
html_title = "docreader"
myst_enable_extensions = ["colon_fence", "dollarmath", "deflist"]
myst_heading_anchors = 3
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
napoleon_google_docstring = True
napoleon_numpy_docstring = False
default_role = "code"
# Two packages have a ConfigurationError of their own; plain text is meant where only the name is given.
suppress_warnings = ["ref.python"]
