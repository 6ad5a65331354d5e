"""No connection leads into a network that is not the public internet, in whatever form its address is written."""

import asyncio
import socket

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from crawler.engine.ip_addresses import GuardedResolver, PrivateAddressError, is_public_address


@pytest.mark.parametrize(
    "address",
    [
        "93.184.215.14",
        "2606:2800:220:1::1",
        "::ffff:93.184.215.14",
        "64:ff9b::93.184.215.14",  # NAT64 of a public host: what a network without IPv4 resolves it to
        "2002:5db8:d70e::1",  # 6to4 of the same
    ],
)
def test_a_public_address_is_asked(address: str) -> None:
    assert is_public_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.0.0.5",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.168.0.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.5",
        "::127.0.0.1",  # IPv4-compatible
        "::10.0.0.5",
        "::ffff:0:127.0.0.1",  # IPv4-translated
        "::ffff:0:a00:5",
        "64:ff9b::127.0.0.1",  # NAT64
        "64:ff9b::a00:5",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::a00:5",  # NAT64 for local use
        "64:ff9b:1:ffff::1",
        "2002:a00:5::1",  # 6to4 of 10.0.0.5
        "2002:7f00:1::",
        "2001:0:4136:e378:8000:63bf:f5ff:fffa",  # Teredo of 10.0.0.5
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::5",  # site-local, given up by RFC 3879 and routed still
        "feff::1",
        "ff02::1",
        "100::1",
        "2001:db8::1",
        "3fff::1",
        "5f00::1",
        "4000::1",  # given out to nobody
        "1::1",
    ],
)
def test_an_address_of_no_public_network_is_refused_in_every_form(address: str) -> None:
    assert not is_public_address(address)


class _Names(AbstractResolver):
    """A name server that answers with given addresses."""

    def __init__(self, *addresses: str) -> None:
        self._addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        return [
            ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)
            for address in self._addresses
        ]

    async def close(self) -> None:
        pass


def _resolve(*addresses: str, private_addresses: tuple[str, ...] = ()) -> list[str]:
    resolver = GuardedResolver(private_addresses, _Names(*addresses))
    return [found["host"] for found in asyncio.run(resolver.resolve("www.example.org", 443))]


def test_a_name_of_public_and_inner_addresses_is_connected_to_at_its_public_ones_alone() -> None:
    assert _resolve("64:ff9b::a00:5", "fec0::5", "93.184.215.14", "::127.0.0.1") == ["93.184.215.14"]


@pytest.mark.parametrize("address", ["64:ff9b::a00:5", "64:ff9b:1::1", "fec0::5", "::127.0.0.1", "::ffff:0:7f00:1"])
def test_a_name_of_inner_addresses_alone_is_refused_before_the_socket(address: str) -> None:
    with pytest.raises(PrivateAddressError, match="no public address"):
        _resolve(address)


def test_an_inner_address_that_the_site_file_names_is_connected_to() -> None:
    assert _resolve("fec0::5", private_addresses=("fec0::5",)) == ["fec0::5"]
