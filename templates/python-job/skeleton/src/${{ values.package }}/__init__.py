"""${{ values.name }}: see README.md."""
