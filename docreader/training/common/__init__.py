"""Shared parts of every training: loop, EMA, checkpoints, distributed processes, history."""
