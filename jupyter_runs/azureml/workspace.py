"""`Workspace` as that SDK calls it: what stands for the cloud is kept and shown, and nothing depends on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional, Union

from jupyter_runs import workspace as ours
from jupyter_runs._settings import WORKSPACE_FILE, read_json, write_json
from jupyter_runs.azureml.absent import _Absent

if TYPE_CHECKING:
    import os


class Workspace(ours.Workspace):
    """A workspace of this machine.

    Parameters
    ----------
    subscription_id, resource_group
        Kept and shown.
    workspace_name
        Its name.
    """

    def __init__(
        self,
        subscription_id: Optional[str] = None,  # noqa: ARG002 - what it was made with stands
        resource_group: Optional[str] = None,  # noqa: ARG002
        workspace_name: Optional[str] = None,
        auth: Any = None,  # noqa: ARG002 - there is nothing to log in to
        **_: Any,
    ) -> None:
        super().__init__(workspace_name or "default")

    @classmethod
    def create(  # type: ignore[override]  # as that SDK has it
        cls,
        name: str,
        auth: Any = None,  # noqa: ARG003
        subscription_id: Optional[str] = None,
        resource_group: Optional[str] = None,
        location: Optional[str] = None,
        create_resource_group: bool = True,  # noqa: ARG003
        sku: str = "basic",  # noqa: ARG003
        exist_ok: bool = False,
        **_: Any,
    ) -> Workspace:
        """Make a workspace on this machine; the `location`, a region, is kept and shown."""
        made = ours.Workspace.create(
            name,
            exist_ok=exist_ok,
            subscription_id=subscription_id,
            resource_group=resource_group,
        )
        if location is not None:
            facts = read_json(made.folder / WORKSPACE_FILE)
            write_json(made.folder / WORKSPACE_FILE, {**facts, "region": str(location)})
        return cls._at(made.folder)  # type: ignore[return-value]

    @classmethod
    def get(  # type: ignore[override]
        cls,
        name: str,
        auth: Any = None,  # noqa: ARG003
        subscription_id: Optional[str] = None,  # noqa: ARG003
        resource_group: Optional[str] = None,  # noqa: ARG003
        **_: Any,
    ) -> Workspace:
        """Open a workspace that is there."""
        return cls(workspace_name=name)

    @classmethod
    def from_config(
        cls,
        path: Union[str, os.PathLike[str], None] = None,
        auth: Any = None,  # noqa: ARG003
        _logger: Any = None,
        _file_name: Optional[str] = None,
    ) -> Workspace:
        """Open the workspace that a configuration file names, else the default workspace."""
        return cls._at(ours.Workspace.from_config(path).folder)  # type: ignore[return-value]

    @property
    def location(self) -> str:
        """The region that it was made with, else the folder that it lies in."""
        return str(self._facts.get("region") or super().location)

    # -- services of the cloud

    @property
    def webservices(self) -> dict[str, Any]:
        """None."""
        return {}

    @property
    def datasets(self) -> dict[str, Any]:
        """None."""
        return {}

    @property
    def datastores(self) -> dict[str, Any]:
        """None."""
        return {}

    def get_default_datastore(self) -> Any:
        """Not offered.

        Raises
        ------
        NotOfferedError
            Always.
        """
        raise _Absent("Datastore", (), {})._error("")

    def get_default_keyvault(self) -> Any:
        """Not offered.

        Raises
        ------
        NotOfferedError
            Always.
        """
        raise _Absent("Keyvault", (), {})._error("")
