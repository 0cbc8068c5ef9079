"""The demo: real public images and readings, and a small synthetic study to read oneself."""
