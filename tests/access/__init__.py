"""Who may see what, tried by every way in: buttons, commands, deep links, words."""
