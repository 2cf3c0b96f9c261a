"""Logging in: there is nothing to log in to."""

from __future__ import annotations

from typing import Any


class _Nobody:
    """Takes what it is given, and does nothing with it."""

    def __init__(self, *_: Any, **__: Any) -> None:
        pass


class InteractiveLoginAuthentication(_Nobody):
    """No login is needed."""


class ServicePrincipalAuthentication(_Nobody):
    """No login is needed; the password is not kept."""


class AzureCliAuthentication(_Nobody):
    """No login is needed."""


class MsiAuthentication(_Nobody):
    """No login is needed."""


class TokenAuthentication(_Nobody):
    """No login is needed."""
