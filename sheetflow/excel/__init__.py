"""Workbooks: read by our own bounded reader, written by XlsxWriter."""
