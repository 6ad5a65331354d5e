"""Which IP addresses may be connected to: public ones, and private ones that the site file names.

Belongs here: the check, where names become addresses. Does not belong here: which hosts may be asked
(crawler.site.site).
"""

import ipaddress
import socket
from collections.abc import Collection
from functools import lru_cache

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""RFC 6052: how a network without IPv4 names hosts that have nothing else. Its sister for local use, 64:ff9b:1::/48, is
no public address, nor are IPv4-compatible (::/96) and translated (::ffff:0:0:0/96) ones."""
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_DOCUMENTATION = ipaddress.IPv6Network("3fff::/20")  # RFC 9637; Python 3.11 does not know it


class PrivateAddressError(OSError):
    """Raised while resolving, for a name that resolves to an address of no public network."""


def is_public_address(text: str) -> bool:
    """Whether an IP address belongs to the public internet.

    An IPv6 address that is a form of an IPv4 address is as public as that one. Of the rest of IPv6 only the block that
    is given out for hosts is public: ``ipaddress`` calls everything global that no register speaks of.

    >>> [is_public_address(a) for a in ("93.184.215.14", "10.0.0.1", "::ffff:127.0.0.1", "169.254.169.254")]
    [True, False, False, False]
    >>> [is_public_address(a) for a in ("64:ff9b::5db8:d70e", "64:ff9b::a00:5", "::127.0.0.1", "fec0::5")]
    [True, False, False, False]
    """
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global and not address.is_multicast
    embedded = address.ipv4_mapped or address.sixtofour
    if address in _NAT64:
        embedded = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if embedded is not None:
        return is_public_address(str(embedded))
    return address in _GLOBAL_UNICAST and address not in _DOCUMENTATION and address.is_global


class GuardedResolver(AbstractResolver):
    """Resolves names, and refuses private addresses but for those that the site file names.

    The addresses that pass are the ones connected to: a name that changes between check and use gains nothing.
    """

    def __init__(self, private_addresses: Collection[str], names: AbstractResolver | None = None) -> None:
        """``names`` resolves; None: the machine's own resolver does."""
        self._inner = names or aiohttp.ThreadedResolver()
        self._private_addresses = private_addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Those addresses of ``host`` that may be connected to; others it may have too are left out.

        Raises:
            PrivateAddressError: none is left.
        """
        found = await self._inner.resolve(host, port, family)
        passing = [result for result in found if self.passes(result["host"])]
        if not passing:
            addresses = ", ".join(result["host"] for result in found) or "nothing"
            raise PrivateAddressError(f"{host} resolves to {addresses}: no public address")
        return passing

    def passes(self, address: str) -> bool:
        """Whether an address is public, or private and named in the site file."""
        return address in self._private_addresses or is_public_address(address)

    async def close(self) -> None:
        """Nothing is held."""
        await self._inner.close()


@lru_cache(maxsize=64)
def find_literal(host: str) -> str | None:
    """The host where it is an IP address itself."""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return None
