"""Read models: task lines and cards, status, history, coming days."""
