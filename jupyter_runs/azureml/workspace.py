"""`Workspace` as that SDK calls it: what stands for the cloud is kept and shown, and nothing depends on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn, Optional, Union

from jupyter_runs import workspace as ours
from jupyter_runs._settings import (
    DEFAULT_WORKSPACE,
    WORKSPACE_FILE,
    absolute,
    home_dir,
    read_json,
    write_json,
)
from jupyter_runs.azureml.absent import not_offered
from jupyter_runs.capture.names import check_workspace_name
from jupyter_runs.errors import NotOfferedError

if TYPE_CHECKING:
    import builtins
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
        subscription_id: Optional[str] = None,
        resource_group: Optional[str] = None,
        workspace_name: Optional[str] = None,
        auth: Any = None,  # noqa: ARG002 - there is nothing to log in to
        **_: Any,
    ) -> None:
        name = workspace_name or DEFAULT_WORKSPACE
        if subscription_id is not None and not (home_dir() / check_workspace_name(name)).is_dir():
            # it was made in the cloud, as a cluster that a script names: one of this machine stands for it
            Workspace.create(name, None, subscription_id, resource_group)
            print(f"{name!r} is a workspace of this machine now, in {home_dir() / name}")  # noqa: T201 - for the person
        super().__init__(name)

    @classmethod
    def create(  # type: ignore[override]  # as that SDK has it
        cls,
        name: str,
        auth: Any = None,  # noqa: ARG003 - as that SDK has it
        subscription_id: Optional[str] = None,
        resource_group: Optional[str] = None,
        location: Optional[str] = None,
        create_resource_group: bool = True,  # noqa: ARG003 - as that SDK has it
        sku: str = "basic",  # noqa: ARG003 - as that SDK has it
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
        return cls._at(made.folder)  # type: ignore[return-value]  # made by this class

    @classmethod
    def get(  # type: ignore[override]  # as that SDK has it
        cls,
        name: str,
        auth: Any = None,  # noqa: ARG003 - as that SDK has it
        subscription_id: Optional[str] = None,
        resource_group: Optional[str] = None,
        **_: Any,
    ) -> Workspace:
        """Open a workspace; one that was made in the cloud, which its subscription tells, is made here."""
        return cls(subscription_id, resource_group, name)

    @classmethod
    def list(  # type: ignore[override]  # as that SDK has it
        cls,
        subscription_id: Optional[str] = None,  # noqa: ARG003 - as that SDK has it
        auth: Any = None,  # noqa: ARG003 - as that SDK has it
        resource_group: Optional[str] = None,
    ) -> dict[str, builtins.list[ours.Workspace]]:
        """Return the workspaces of this machine by name, each in a list of one."""
        return {
            name: found
            for name, found in ours.Workspace.list().items()
            if resource_group in (None, found[0].resource_group)
        }

    @classmethod
    def from_config(
        cls,
        path: Union[str, os.PathLike[str], None] = None,
        auth: Any = None,  # noqa: ARG003 - as that SDK has it
        _logger: Any = None,
        _file_name: Optional[str] = None,
    ) -> Workspace:
        """Open the workspace that a configuration file names, else the default workspace."""
        if _file_name is not None:
            start = absolute(path or ".")
            places = [start / folder / _file_name for folder in (".jupyter_runs", ".azureml", ".")]
            path = next((place for place in places if place.is_file()), start / _file_name)
        return cls._at(ours.Workspace.from_config(path).folder)  # type: ignore[return-value]  # made by this class

    @property
    def location(self) -> str:
        """The region that it was made with, else the folder that it lies in."""
        return str(self._facts.get("region") or super().location)

    # -- services of the cloud

    sku = "Basic"

    @property
    def tags(self) -> dict[str, str]:
        """None."""
        return {}

    @property
    def webservices(self) -> dict[str, Any]:
        """None."""
        return {}

    images = datasets = datastores = linked_services = private_endpoints = webservices

    def get_default_datastore(self) -> NoReturn:
        """Not offered.

        Raises
        ------
        NotOfferedError
            Always.
        """
        raise not_offered("Datastore")

    def set_default_datastore(self, name: str) -> NoReturn:  # noqa: ARG002 - as that SDK has it
        """Not offered."""
        raise not_offered("Datastore")

    def get_default_keyvault(self) -> NoReturn:
        """Not offered."""
        raise not_offered("Keyvault")

    def get_mlflow_tracking_uri(self) -> NoReturn:
        """Not offered."""
        raise NotOfferedError(
            "jupyter_runs does not offer a tracking server of MLflow; log with run.log"
        )
