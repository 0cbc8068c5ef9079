"""The gold layer: answers a question somebody asked."""
