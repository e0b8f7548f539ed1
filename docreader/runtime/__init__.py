"""Runtime: configuration, device, worker processes, memory, model export."""
