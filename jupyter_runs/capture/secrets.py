"""What looks like a secret is not kept with a run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

KEPT_OUT = "***"

_WORDS = frozenset(
    [
        "key",
        "apikey",
        "token",
        "secret",
        "password",
        "passwd",
        "passphrase",
        "pwd",
        "credential",
        "credentials",
        "auth",
        "authorization",
        "signature",
        "sas",
    ]
)
# in one word with what they are of: PGPASSWORD
_ENDINGS = ("apikey", "passwd", "password", "secret")
_SPLIT = re.compile(r"[^A-Za-z]+|(?<=[a-z])(?=[A-Z])")
_USER_IN_URL = re.compile(r"(?<=://)[^/\s@]+@")
# words that make the one before them harmless: a key *size*, a token *count*
_HARMLESS = frozenset(
    ["size", "count", "length", "len", "dim", "dims", "num", "max", "min", "id", "ids", "type"]
)


def looks_secret(name: str) -> bool:
    """Tell whether a variable, parameter or option of this name may hold a secret.

    Whole words count, so that ``AWS_SECRET_ACCESS_KEY``, ``apiKey`` and ``hf-token`` are secrets,
    and ``max_tokens``, ``monkey`` and ``key_size`` are not.

    >>> looks_secret("HF_TOKEN"), looks_secret("max_tokens"), looks_secret("keyboard")
    (True, False, False)
    """
    words = [word.lower() for word in _SPLIT.split(name) if word]
    found = False
    for word in words:
        if word in _HARMLESS:
            found = False
        elif word in _WORDS or word.endswith(_ENDINGS):
            found = True
    return found


def without_secrets(values: Mapping[str, object]) -> dict[str, object]:
    """Return `values` without those whose name looks like a secret's."""
    return {name: value for name, value in values.items() if not looks_secret(name)}


def clean_arguments(arguments: Iterable[str]) -> list[str]:
    """Return a command line with the values of secret-looking options blanked.

    >>> clean_arguments(["train.py", "--api-key", "abc", "--token=def", "--lr", "0.1"])
    ['train.py', '--api-key', '***', '--token=***', '--lr', '0.1']
    """
    cleaned: list[str] = []
    blank_next = False
    for argument in arguments:
        option, equals, _ = argument.partition("=")
        if blank_next and not argument.startswith("--"):
            cleaned.append(KEPT_OUT)
        elif equals and looks_secret(option):
            cleaned.append(f"{option}={KEPT_OUT}")
        else:
            cleaned.append(clean_url(argument))
        blank_next = argument.startswith("-") and not equals and looks_secret(option)
    return cleaned


def clean_url(text: str) -> str:
    """Return `text` with the user and password of any URL in it taken out.

    >>> clean_url("https://me:pw@example.org/x.git")
    'https://example.org/x.git'
    """
    return _USER_IN_URL.sub("", text)
