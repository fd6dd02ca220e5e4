"""Workbooks written new; the only place for XlsxWriter."""
