"""What every table of the lake is, and its checks; pipelines says when they are made."""
