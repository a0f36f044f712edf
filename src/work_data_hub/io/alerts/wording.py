"""How an alert reads outside the hub: no secrets, no control signs, nothing that a chat would act on."""

import unicodedata
from typing import Final

from work_data_hub.application.alerts.delivery import Alert
from work_data_hub.utils.redaction import redact

_LONGEST_SUBJECT: Final = 200
# control and format signs, which break lines or turn the reading direction; halves of surrogate pairs
_UNSEEN: Final = ("Cc", "Cf", "Cs")
_QUIET: Final = str.maketrans({"<": "‹", ">": "›", "@": "＠"})


def subject(alert: Alert) -> str:
    """Give the subject on one line."""
    return one_line(alert.subject)[:_LONGEST_SUBJECT]


def text(alert: Alert) -> str:
    """Give the text, line by line."""
    return "\n".join(one_line(line) for line in alert.text.splitlines())


def chat_text(alert: Alert) -> str:
    """Give subject and text as chats take it, without mentions and links of somebody else's making."""
    return f"{subject(alert)}\n{text(alert)}".strip().translate(_QUIET)


def one_line(said: str) -> str:
    r"""Give a line without what can't be seen.

    >>> one_line("a\nb\u202ec")
    'a b c'
    """
    shown = ("\N{SPACE}" if unicodedata.category(sign) in _UNSEEN else sign for sign in redact(said))
    return "".join(shown)
