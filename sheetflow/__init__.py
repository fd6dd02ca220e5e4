"""Excel forms out to people and back, numbers checked, papers written."""

__version__ = "0.1.0"
