"""Base URLs: which are taken, which are rejected, and with what advice."""

from __future__ import annotations

import pytest

from client.runtime_api import (
    TOKEN,
    Client,
)
from ghrunners._runtime.errors import InvalidArgument


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://api.github.com", "https://api.github.com"),
        ("https://api.github.com/", "https://api.github.com"),
        ("HTTPS://API.GitHub.com:443", "https://api.github.com"),
        ("https://api.octo.ghe.com", "https://api.octo.ghe.com"),
        ("https://git.corp.example/api/v3", "https://git.corp.example/api/v3"),
        ("https://git.corp.example:8443/api/v3/", "https://git.corp.example:8443/api/v3"),
        ("https://git/api/v3", "https://git/api/v3"),
        ("https://10.0.0.1/api/v3", "https://10.0.0.1/api/v3"),
        ("https://[2001:DB8:0::1]/api/v3", "https://[2001:db8::1]/api/v3"),
        ("https://xn--bcher-kva.example/api/v3", "https://xn--bcher-kva.example/api/v3"),
        ("https://gateway.example/", "https://gateway.example"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://127.9.9.9", "http://127.9.9.9"),
        ("http://localhost:80/", "http://localhost"),
        ("http://[::1]:8080/api/v3", "http://[::1]:8080/api/v3"),
        ("https://localhost:8443", "https://localhost:8443"),
    ],
)
def test_a_base_url_is_read(url: str, base: str) -> None:
    """Hosts of every product, with or without a slash at the end."""
    with Client(auth=TOKEN, base_url=url) as client:
        assert client.base_url == base


@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.github.com",
        "//api.github.com",
        "ftp://api.github.com",
        "https://",
        "https:///api/v3",
        "https://user@api.github.com",
        "https://user:SECRET@api.github.com",
        "https://api.github.com?x=1",
        "https://api.github.com/#x",
        "https://api.github.com/api/../v3",
        "https://api.github.com/./v3",
        "https://api.github.com//v3",
        "https://api.github.com/a b",
        "https://api.github.com/%2e%2e",
        "https://api.github.com/a;b",
        "https://api.github.com\\@evil.example/",
        "https://api.github.com:0",
        "https://api.github.com:65536",
        "https://api.github.com:x",
        "https://api.github.com:",
        "https://a..b/api/v3",
        "https://.a/api/v3",
        "https://a./api/v3",
        "https://-a.example/api/v3",
        f"https://{'a' * 64}.example/api/v3",
        "https://999.1.1.1/api/v3",
        "https://1.2.3/api/v3",
        "https://[::1/api/v3",
        "https://[:::1]/api/v3",
        "https://bücher.example/api/v3",
        "https://api.github.com\r\nX-Evil: 1",
        "https://api.github.com\n",
        " https://api.github.com",
    ],
)
def test_a_base_url_that_is_none_is_refused(url: str) -> None:
    """Only scheme, host, port and a plain path; a password in it is not repeated."""
    with pytest.raises(InvalidArgument, match=r"^base_url") as caught:
        Client(auth=TOKEN, base_url=url)
    assert "SECRET" not in str(caught.value)


@pytest.mark.parametrize("url", [b"https://api.github.com", 7, object()])
def test_a_base_url_of_another_type_is_refused(url: object) -> None:
    """A URL is a str."""
    with pytest.raises(TypeError, match="base_url must be a str"):
        Client(auth=TOKEN, base_url=url)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - the point


@pytest.mark.parametrize(
    "url",
    [
        "http://api.github.com",
        "http://git.corp.example/api/v3",
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example",
        "http://10.0.0.1",
        "http://[2001:db8::1]",
        "http://0.0.0.0:80",
    ],
)
def test_plain_http_stays_on_this_machine(url: str) -> None:
    """A token does not travel readable over a network."""
    with pytest.raises(InvalidArgument, match="must use https"):
        Client(auth=TOKEN, base_url=url)


@pytest.mark.parametrize(
    ("url", "api"),
    [
        ("https://github.com", "https://api.github.com"),
        ("https://www.github.com", "https://api.github.com"),
        ("https://octo.ghe.com", "https://api.octo.ghe.com"),
        ("https://git.corp.example", "https://git.corp.example/api/v3"),
        ("https://git.corp.example:8443", "https://git.corp.example:8443/api/v3"),
        ("https://api.git.corp.example", "https://api.git.corp.example/api/v3"),
        ("https://github.com/api/v3", "https://api.github.com"),
        ("https://octo.ghe.com/api/v3/", "https://api.octo.ghe.com"),
        ("https://api.github.com/api/v3", "https://api.github.com"),
        ("https://api.octo.ghe.com/x", "https://api.octo.ghe.com"),
    ],
)
def test_the_address_of_web_pages_is_refused_with_that_of_the_api(url: str, api: str) -> None:
    """A base URL copied from the browser is answered with the right one."""
    with pytest.raises(InvalidArgument, match="is not the address of an API") as caught:
        Client(auth=TOKEN, base_url=url)
    said, _, _ = str(caught.value).partition(" (or ")
    assert said == f"base_url {url} is not the address of an API: use {api}"


def test_without_a_base_url_it_is_the_description_s() -> None:
    """The API description says where the API is."""
    with Client(auth=TOKEN) as client:
        assert client.base_url == "https://api.github.com"
