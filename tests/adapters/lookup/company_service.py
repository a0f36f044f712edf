"""A company look-up service as the hub expects it: names in, matches out, tokens checked."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.adapters.web.server import Heard, Server, answer, serving

TOKEN = "tok-3f9a1c77e2"
Matches = Mapping[str, Sequence[Mapping[str, Any]]]


def match(company_id: str, name: str, kind: str = "exact") -> dict[str, str]:
    """Give one line of an answer."""
    return {"company_id": company_id, "name": name, "match": kind}


@contextmanager
def company_service(companies: Matches, token: str = TOKEN) -> Iterator[Server]:
    """Serve these companies to whoever has the token."""

    def behave(handler: BaseHTTPRequestHandler, heard: Heard) -> None:
        parts = urlsplit(heard.path)
        if heard.headers.get("Authorization") != f"Bearer {token}":
            answer(401)(handler, heard)
        elif parts.path != "/companies":
            answer(404)(handler, heard)
        else:
            (name,) = parse_qs(parts.query)["name"]
            body = json.dumps({"matches": companies.get(name, [])}, ensure_ascii=False)
            answer(200, body.encode(), Content_Type="application/json")(handler, heard)

    with serving(behave) as server:
        yield server
