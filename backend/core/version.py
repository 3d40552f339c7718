"""Which Centang this is: said in reports, held equal to pyproject.toml by a test."""

VERSION = "0.1.0"
