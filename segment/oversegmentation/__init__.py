"""Heuristic over-segmentation: cuts, fragments, candidate segments, segmentation graph (GBL98 sec. V-A)."""
