"""The errors that images cause, all derived from SegmentError."""
