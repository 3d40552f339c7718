"""What happens to a stranger's PDF: runs in core.sandbox, so it imports nothing but PDF libraries.

`clean`, `stamp` and `render` are the three modules that the sandbox runs.
"""
