"""Reading on more than one machine: a manifest is cut into chunks, workers make parquet parts of them (extra `ray`)."""
