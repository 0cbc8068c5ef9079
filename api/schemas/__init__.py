"""What goes over the wire, one file per noun; the web client's types are generated from these."""
