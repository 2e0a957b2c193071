"""Charsets of texts: which codec a content type selects, and what none can decode."""

from __future__ import annotations

import codecs

import pytest

from runtime import charsets


@pytest.mark.parametrize(
    ("content_type", "charset"),
    [
        ("", "utf-8"),
        ("text/plain", "utf-8"),
        ("text/plain; charset=", "utf-8"),
        ('text/plain; charset=""', "utf-8"),
        ("text/plain; charset=ISO-8859-1", "ISO-8859-1"),
        ("text/plain;CharSet = koi8-r;format=flowed", "koi8-r"),
        ('text/plain; charset="koi8\\-r"', "koi8-r"),
        ('text/plain; title="a; charset=koi8-r"; charset=big5', "big5"),
        ("text/plain; charset=big5, text/html; charset=koi8-r", "big5"),
        ("text/plain; charset", "utf-8"),
        (f"text/plain; pad={'x' * 2_000}; charset=big5", "utf-8"),
    ],
)
def test_a_content_type_states_a_charset(content_type: str, charset: str) -> None:
    assert charsets.charset_of(content_type) == charset


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("utf-8", "Grüße €"),
        ("UTF8", "Grüße €"),
        ("iso-8859-1", "Grüße"),
        ("latin1", "Grüße"),
        ("ISO_8859-15", "Grüße €"),
        ("windows-1252", "Grüße €"),
        ("cp1251", "Привет"),
        ("windows-874", "สวัสดี"),
        ("tis-620", "สวัสดี"),
        ("KOI8-R", "Привет"),
        ("koi8-u", "Привіт"),
        ("ibm866", "Привет"),
        ("macintosh", "Grüße"),
        ("Shift_JIS", "今日は"),
        ("euc-jp", "今日は"),
        ("iso-2022-jp", "今日は"),
        ("euc-kr", "안녕"),
        ("big5", "你好"),
        ("big5-hkscs", "你好"),
        ("gb2312", "你好"),
        ("gb18030", "你好 €"),
        ("utf-16", "Grüße €"),
        ("utf-16le", "Grüße €"),
        ("utf-16be", "Grüße €"),
    ],
)
def test_a_text_is_decoded_as_it_was_encoded(charset: str, text: str) -> None:
    encoded = charsets.encoded(text, charset)
    assert encoded is not None
    assert charsets.decoded(encoded, charset) == text


@pytest.mark.parametrize(
    ("body", "charset", "text"),
    [
        (b"Gr\xfc\xdfe \x80", "iso-8859-1", "Grüße \x80"),
        (b"\x80", "windows-1252", "€"),
        # UTF-8 includes ASCII, which servers state for either.
        ("Grüße".encode(), "us-ascii", "Grüße"),
        (codecs.BOM_UTF8 + b"a", "utf-8", "a"),
        (codecs.BOM_UTF8 + "ü".encode(), "iso-8859-1", "ü"),
        (codecs.BOM_UTF16_LE + "ü".encode("utf-16-le"), "utf-16", "ü"),
        (codecs.BOM_UTF16_BE + "ü".encode("utf-16-be"), "utf-16", "ü"),
        (codecs.BOM_UTF16_LE + "ü".encode("utf-16-le"), "utf-16be", "ü"),
        # Without a mark, as RFC 2781 says.
        ("ü".encode("utf-16-be"), "utf-16", "ü"),
        (b"", "big5", ""),
    ],
)
def test_a_byte_order_mark_outweighs_the_charset(body: bytes, charset: str, text: str) -> None:
    assert charsets.decoded(body, charset) == text


@pytest.mark.parametrize(
    "charset",
    # The first two take quadratic time, and the next are no charsets, though Python decodes them.
    ["punycode", "idna", "unicode_escape", "utf-7", "rot13", "zlib", "os", "..", "x" * 900, "é"],
)
def test_only_charsets_of_the_table_are_decoded(charset: str) -> None:
    assert charsets.decoded(b"abc", charset) is None
    assert charsets.encoded("abc", charset) is None


@pytest.mark.parametrize(
    ("body", "charset"),
    [(b"\xff", "utf-8"), (b"\x81", "windows-1252"), (b"a", "utf-16"), (b"\xff", "euc-jp")],
)
def test_a_body_that_is_not_valid_is_an_error(body: bytes, charset: str) -> None:
    with pytest.raises(UnicodeDecodeError):
        charsets.decoded(body, charset)


def test_every_codec_of_the_table_exists() -> None:
    every = charsets._CODECS  # pyright: ignore[reportPrivateUsage] - all of its codecs
    for label, codec in every.items():
        assert codecs.lookup(codec)
        assert label == label.lower().replace("_", "-")
