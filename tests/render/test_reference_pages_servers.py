"""Reference pages of an API whose operations have several servers."""

from __future__ import annotations

import re

from render.markdown_pages import examples
from render.test_reference_pages_foreign import SECTIONS, docs


def test_an_example_names_a_server_that_receives_credentials() -> None:
    """Or that has no address in the document; nothing else is needed for other servers."""
    found = {
        name.rpartition(".")[2]: {
            argument
            for block in examples(text)
            for argument in re.findall(r"servers=\{.*?\}|allow_insecure_http=\w+", block)
        }
        for name, (spec, _, text) in SECTIONS.items()
        if spec == "courier"
    }
    assert found == {
        "get_parcel": set(),
        "find_parcels": set(),
        "first_parcel": set(),
        "get_label": set(),
        "track": {'servers={"track": "https://track.courier.example"}'},
        "upload_label": {'servers={"files": "https://eu.files.courier.example/labels"}'},
        "print_label": {'servers={"printer": "https://api.example.com"}'},
        "preview_label": {
            'servers={"preview_example_8080": "http://preview.example:8080"}',
            "allow_insecure_http=True",
        },
    }


def test_servers_of_operations_are_listed() -> None:
    """With their addresses, and at each operation that has one."""
    page = docs("courier")["docs/client.md"]
    part = page.partition("\n## Servers\n")[2].partition("\n## ")[0]
    assert "| `printer` | `https://{printer}/print`; pass one | A printer of yours. |" in part
    assert (
        "| `files` | `https://eu.files.courier.example/labels` | Files of a region. "
        "Alternatives: `https://us.files.courier.example/labels`. |"
    ) in part
    row = "| Server | `{}`, see the option [`servers`](../client.md#servers) |"
    for name, (spec, operation, text) in SECTIONS.items():
        assert (row.format(operation.server) in text) == (operation.server is not None), name
        assert ("\n## Servers\n" in docs(spec)["docs/client.md"]) == (spec == "courier")
