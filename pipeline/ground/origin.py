"""The guard in front of a web server on this machine: loopback is no border, a browser is inside of it.

Belongs here: which requests a page of another site could have sent, as a plain ASGI wrapper. Does not belong here:
serving (:mod:`pipeline.defs.ui`). Dagster's server has no login, takes any Host, answers mutations sent as GET from any
Origin, and may be framed: any page in the operator's browser could start and delete runs.
"""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any
from urllib.parse import parse_qsl

from graphql import GraphQLError, OperationDefinitionNode, OperationType, parse

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

OWN_SITES = frozenset({"same-origin", "none"})
"""What a browser says of a request that a page of this very origin sent, or a person by the address bar."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
ANSWER_HEADERS = (
    (b"x-frame-options", b"DENY"),
    (b"content-security-policy", b"frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
"""No page may show this one in a frame, load a part of it, or hold a window of it."""

POLICY_VIOLATION = 1008
"""Close code of RFC 6455."""


def name_hosts(port: int, names: Iterable[str] = ()) -> frozenset[str]:
    """The values of ``Host`` that are answered: those of this machine with the port, and the configured names.

    >>> sorted(name_hosts(3000, ["ui.example.org"]))
    ['127.0.0.1:3000', '[::1]:3000', 'localhost:3000', 'ui.example.org', 'ui.example.org:3000']
    """
    own = [f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]")]
    stated = [name.lower() for name in names]
    return frozenset([*own, *stated, *(f"{name}:{port}" for name in stated if ":" not in name)])


class OriginGuard:
    """An ASGI application before another, which gets what its own pages and programs send, and nothing else."""

    def __init__(self, app: App, hosts: frozenset[str]) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a foreign request with 403 (a WebSocket is closed before it is accepted), pass on any other."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        reason = find_refusal(scope, self._hosts)
        if reason is None:
            await self._app(scope, receive, _add_headers(send))
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": POLICY_VIOLATION, "reason": reason[:100]})
        else:
            await _refuse(send, reason)


def find_refusal(scope: Scope, hosts: frozenset[str]) -> str | None:
    """Why a request is not answered, or None.

    A header that is there twice is foreign: whoever reads the other one would decide otherwise.
    """
    stated: dict[bytes, list[str]] = {}
    for name, value in scope["headers"]:
        stated.setdefault(name.lower(), []).append(value.decode("latin-1").strip().lower())
    host = stated.get(b"host", [])
    if len(host) != 1 or host[0] not in hosts:
        return "this name is not served here: open http://127.0.0.1 with the port, or give the name with --name"
    origin = stated.get(b"origin")
    if origin is not None and (len(origin) != 1 or origin[0] not in {f"http://{host[0]}", f"https://{host[0]}"}):
        return "a page of another origin asks: open the address by hand"
    site = stated.get(b"sec-fetch-site")
    if site is not None and (len(site) != 1 or site[0] not in OWN_SITES):
        return "a page of another site asks: open the address by hand"
    if scope.get("method", "GET") in SAFE_METHODS and _changes_something(scope.get("query_string", b"")):
        return "a mutation is sent by POST"
    return None


def _changes_something(query: bytes) -> bool:
    """Whether the query string of a GET holds a GraphQL document that does more than ask, whatever its path."""
    return any(_is_mutation(text) for name, text in parse_qsl(query.decode("latin-1")) if name.lower() == "query")


def _is_mutation(text: str) -> bool:
    try:
        document = parse(text, no_location=True)
    except (GraphQLError, RecursionError):
        return "mutation" in text.lower()
    return any(
        isinstance(part, OperationDefinitionNode) and part.operation != OperationType.QUERY
        for part in document.definitions
    )


def _add_headers(send: Send) -> Send:
    async def send_guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), *ANSWER_HEADERS]}
        await send(message)

    return send_guarded


async def _refuse(send: Send, reason: str) -> None:
    body = f"refused: {reason}\n".encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 403, "headers": [*headers, *ANSWER_HEADERS]})
    await send({"type": "http.response.body", "body": body})
