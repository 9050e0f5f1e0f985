"""/sop and /bantuan, for everyone enrolled: search, browse by program and phase, read any SOP and any step."""
