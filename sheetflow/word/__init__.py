"""Word papers: the only place for python-docx and docxtpl."""
