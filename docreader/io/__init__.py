"""Inputs and outputs: files, folders and archives in; records as JSON, CSV or text out."""
