"""Input and output of graphs: our text form, OpenFst's text form, networkx."""
