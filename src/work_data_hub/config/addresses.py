"""What a setting that names another machine must look like; what is wrong is said as what would be right."""

import re
from typing import Final
from urllib.parse import SplitResult, urlsplit

_WEB_SCHEMES: Final = ("http", "https")
_MAIL_SCHEMES: Final = ("smtp", "smtps")
_MAIL_FORM: Final = "smtp://user:password@host:587 or smtps://user:password@host:465"
_MAIL_ADDRESS: Final = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[A-Za-z0-9.-]+")
_VISIBLE: Final = re.compile(r"[!-~]+")


def web_address(text: str, *, secure: bool, bare: bool = False) -> str:
    """Take an http or https address without log-in; `secure` wants https, `bare` wants nothing after the path."""
    wanted = "https://host/path" + (", as ENVIRONMENT is prod" if secure else " or http://host/path")
    parts = _parts(text, ("https",) if secure else _WEB_SCHEMES, wanted)
    if parts.username is not None or parts.password is not None:
        raise ValueError(f"{wanted}, without user and password")
    if bare and (parts.query or parts.fragment):
        raise ValueError(f"{wanted}, without ? and #")
    return text


def mail_server(text: str) -> str:
    """Take the address of a mail server."""
    parts = _parts(text, _MAIL_SCHEMES, _MAIL_FORM)
    if parts.path.strip("/") or parts.query or parts.fragment or bool(parts.username) != bool(parts.password):
        raise ValueError(_MAIL_FORM)
    return text


def mail_address(text: str) -> str:
    """Take one bare mail address.

    >>> mail_address("ops@example.com")
    'ops@example.com'
    """
    if not _MAIL_ADDRESS.fullmatch(text):
        raise ValueError("a mail address, as ops@example.com")
    return text


def sent_as_it_is(text: str) -> str:
    """Take what may stand in a header: visible ASCII without blanks."""
    if not _VISIBLE.fullmatch(text):
        raise ValueError("letters, digits and signs of ASCII, without blanks")
    return text


def _parts(text: str, schemes: tuple[str, ...], wanted: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        port_is_right = parts.port != 0
    except ValueError:
        raise ValueError(wanted) from None
    if parts.scheme not in schemes or not parts.hostname or not port_is_right or not _VISIBLE.fullmatch(text):
        raise ValueError(wanted)
    return parts
