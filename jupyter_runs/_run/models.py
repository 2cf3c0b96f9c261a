"""A run's files as models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional

from jupyter_runs._run.files import RunFiles, checked_name
from jupyter_runs.capture.names import did_you_mean
from jupyter_runs.errors import FileNotInRunError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_runs.model import Model


class RunModels(RunFiles):
    """The method that registers models."""

    def register_model(
        self,
        model_name: str,
        model_path: Optional[str] = None,
        tags: Optional[Mapping[str, Any]] = None,
        properties: Optional[Mapping[str, Any]] = None,
        description: Optional[str] = None,
        **kept: Any,
    ) -> Model:
        """Register a file or folder of the run as the next version of a model.

        Parameters
        ----------
        model_name
            The model's name.
        model_path
            A file's name in the run, or what the names of several begin with, such as ``"outputs/model"``; by
            default the model's name.
        tags, properties, description
            What it is found by.
        **kept
            More to keep with it, such as ``model_framework``.

        Raises
        ------
        FileNotInRunError
            If the run has no such file; those that it has are listed.
        """
        from jupyter_runs._registry import register
        from jupyter_runs.model import Model

        wanted = checked_name(model_path if model_path is not None else model_name)
        source = self._path(wanted)
        if not source.exists():
            there = self.get_file_names()
            files = ", ".join(there[:20]) or "it has none yet"
            raise FileNotInRunError(
                f"run {self.id} has no file {wanted!r} to register: {did_you_mean(wanted, there)}; its files: {files}"
            )
        folder = register(
            self._workspace.folder,
            source,
            model_name,
            tags,
            properties,
            description,
            run_id=self.id,
            **kept,
        )
        return Model._at(self._workspace, folder)
