"""The page that looks like a phone: HTML, CSS, JavaScript and a sample photo, served as they are."""
