"""Parts of documents that a command makes anew, between two remarks."""

from pathlib import Path


def rewrite(document: Path, name: str, text: str) -> None:
    """Puts a text between `<!-- name -->` and `<!-- /name -->`."""
    begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->\n"
    before, found, rest = document.read_text().partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise ValueError(f"{document} has no place for {name}")
    document.write_text(before + begin + text + end + after)
