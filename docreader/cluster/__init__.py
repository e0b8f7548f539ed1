"""Reading on a cluster: Ray Data reads a manifest, spreads it over readers, and writes parquet files (extra `ray`)."""
