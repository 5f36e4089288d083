"""The index of the package and its API page are one list."""

import re
from pathlib import Path

import cqrs_lab

PAGE = Path(__file__).parents[2] / "docs" / "api.md"


def test_the_api_page_documents_the_public_names_in_their_order():
    page = PAGE.read_text() if PAGE.exists() else ""
    assert re.findall(r"^### `(\w+)", page, re.M) == list(getattr(cqrs_lab, "__all__", []))
