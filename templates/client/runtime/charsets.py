"""Charsets of texts in bodies: the codec for the `charset` of a content type.

Pure. Only codecs that take linear time are in the table: Python also knows `punycode`, and looks up
any other name on disk.
"""

from __future__ import annotations

import re

DEFAULT = "utf-8"

# One parameter of a content type, with its value quoted or not.
_PARAMETER = r';[ \t]*([^\s;="]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*))'
# As much of a header as is looked at.
_LONGEST = 1_000
_BOM = b"\xef\xbb\xbf"

# By labels, with `-` for `_`.
_CODECS: dict[str, str] = {
    # UTF-8 includes ASCII.
    **dict.fromkeys(("utf-8", "utf8", "us-ascii", "ascii"), DEFAULT),
    **dict.fromkeys(("utf-16", "utf-16be"), "utf-16-be"),
    "utf-16le": "utf-16-le",
    **{f"iso-8859-{part}": f"iso8859-{part}" for part in range(1, 17) if part != 12},
    "latin1": "iso8859-1",
    **{f"{name}125{part}": f"cp125{part}" for name in ("windows-", "cp") for part in range(9)},
    "windows-874": "cp874",
    "tis-620": "tis-620",
    "koi8-r": "koi8-r",
    "koi8-u": "koi8-u",
    "macintosh": "mac-roman",
    **{f"{name}{page}": f"cp{page}" for name in ("ibm", "cp") for page in (437, 850, 852, 866)},
    **dict.fromkeys(("shift-jis", "sjis", "windows-31j"), "cp932"),
    "euc-jp": "euc-jp",
    "iso-2022-jp": "iso2022-jp",
    **dict.fromkeys(("euc-kr", "ks-c-5601-1987"), "cp949"),
    "big5": "big5",
    "big5-hkscs": "big5hkscs",
    **dict.fromkeys(("gb2312", "gbk"), "gbk"),
    "gb18030": "gb18030",
}


def charset_of(content_type: str) -> str:
    """Return the charset that a content type states; UTF-8 if it states none."""
    for name, quoted, plain in re.findall(_PARAMETER, content_type[:_LONGEST]):
        if name.lower() == "charset":
            return re.sub(r"\\(.)", r"\1", quoted).strip() or plain or DEFAULT
    return DEFAULT


def decoded(body: bytes, charset: str) -> str | None:
    """Return a body as text, without its byte order mark; None for an unknown charset.

    A mark of UTF-8 outweighs the charset, and one of UTF-16 its byte order. Raises
    UnicodeDecodeError if the body is not valid.
    """
    codec = _codec(charset)
    if codec is None:
        return None
    if body.startswith(_BOM):
        codec = DEFAULT
    elif codec.startswith("utf-16") and body.startswith((b"\xff\xfe", b"\xfe\xff")):
        codec = "utf-16-le" if body.startswith(b"\xff") else "utf-16-be"
    return body.decode(codec).removeprefix("\ufeff")


def encoded(text: str, charset: str) -> bytes | None:
    """Return a text in a charset; None for an unknown one.

    Raises UnicodeEncodeError if the charset lacks a character.
    """
    codec = _codec(charset)
    return None if codec is None else text.encode(codec)


def _codec(charset: str) -> str | None:
    return _CODECS.get(charset.lower().replace("_", "-"))
