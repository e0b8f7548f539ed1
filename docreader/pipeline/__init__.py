"""The reading pipeline: load, analyze, prepare, decode, decide, assemble."""
