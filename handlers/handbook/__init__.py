"""/sop: the handbook, for everyone enrolled. Search, browse by program and phase, read any SOP and any step."""
