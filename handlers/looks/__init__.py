"""How everything is said: words, dates, markup, screens."""
