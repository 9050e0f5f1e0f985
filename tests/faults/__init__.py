"""The real process, killed two hundred times while a month is lived at high speed and the Bot API fails."""
