"""Cases of benchmarks/graphs.py, and the libraries that they are compared with."""
