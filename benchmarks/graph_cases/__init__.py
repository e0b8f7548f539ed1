"""Parts of benchmarks/graphs.py: the cases, and the peers they are measured against."""
