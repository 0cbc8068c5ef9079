"""Tables in the formats of others; what a format cannot hold is refused, never bent."""
