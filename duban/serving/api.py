"""Prefect's server over plain HTTP: what needs no more than a question or two does not import Prefect."""

import base64
import json
import os
from collections.abc import Mapping
from urllib.request import ProxyHandler, Request, build_opener

_MOST = 4 << 20  # bytes of an answer
_direct = build_opener(ProxyHandler({}))  # the server is on this machine or in this house


def ask(
    address: str,
    body: object = None,
    environment: Mapping[str, str] = os.environ,
    patience: float = 5.0,
    method: str | None = None,
) -> object:
    """What an address of the API answers, None where it says nothing; with a body it is posted as JSON.

    Raises HTTPError where the server refuses, URLError or another OSError where it cannot be reached, ValueError where
    the answer is no JSON.
    """
    data = None if body is None else json.dumps(body).encode()
    request = Request(address, data, {"Content-Type": "application/json"}, method=method)
    if secret := environment.get("PREFECT_API_AUTH_STRING"):
        request.add_header("Authorization", f"Basic {base64.b64encode(secret.encode()).decode()}")
    with _direct.open(request, timeout=patience) as answer:
        text = answer.read(_MOST)
    return json.loads(text) if text else None
