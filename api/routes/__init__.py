"""One file per noun; a route says what it takes, asks a command or a view, and answers."""
