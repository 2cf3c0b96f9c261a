"""Logging in: there is nothing to log in to."""

from __future__ import annotations

from typing import Any

from jupyter_runs.errors import NotOfferedAttributeError


class _Nobody:
    """Takes what it is given, and does nothing with it."""

    def __init__(self, *_: Any, **__: Any) -> None:
        pass

    def __getattr__(self, name: str) -> Any:
        if name.startswith("get_"):
            raise NotOfferedAttributeError(
                f"jupyter_runs does not offer {type(self).__name__}.{name}: there is nothing to log in to, and no token"
            )
        return object.__getattribute__(self, name)  # Python's own error


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
