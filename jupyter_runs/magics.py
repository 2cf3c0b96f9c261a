"""``%load_ext jupyter_runs``: the magics of a notebook."""

from __future__ import annotations

from typing import Any

from IPython.core.error import UsageError
from IPython.core.magic import Magics, cell_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments, parse_argstring

from jupyter_runs.capture.notebook import default_experiment_name
from jupyter_runs.errors import RunsError
from jupyter_runs.experiment import Experiment
from jupyter_runs.workspace import Workspace


@magics_class
class RunMagics(Magics):
    """The magics of jupyter_runs."""

    @magic_arguments()
    @argument("experiment", nargs="?", help="the experiment; by default named after the notebook")
    @argument("--process", action="store_true", help="in a process that outlives the kernel")
    @argument("--name", help="a name to show")
    @argument(
        "--tag", action="append", default=[], metavar="KEY=VALUE", help="a tag; may be repeated"
    )
    @argument("--quiet", action="store_true", help="without the widget")
    @cell_magic
    def submit(self, line: str, cell: str) -> Any:
        """Run this cell in the background as a run, and show it live.

        In a thread of the kernel the cell sees and sets the notebook's names; with ``--process`` it gets copies of those that
        it uses, and goes on when the kernel ends. What it prints goes to the run's log. ``Run.get_context()`` is the run.
        The variable ``run`` is the run afterwards.
        """
        asked = parse_argstring(self.submit, line)
        from jupyter_runs.jobs.cells import submit_cell

        tags = dict(tag.partition("=")[::2] for tag in asked.tag)
        shell: Any = self.shell
        try:
            experiment = Experiment(
                Workspace.from_config(), asked.experiment or default_experiment_name()
            )
            run = submit_cell(
                experiment,
                shell.transform_cell(cell),
                shell.user_ns,
                "process" if asked.process else "thread",
                {key: value or None for key, value in tags.items()},
                name=asked.name,
            )
        except RunsError as error:
            raise UsageError(str(error)) from None
        shell.user_ns["run"] = run
        if asked.quiet:
            return run
        from jupyter_runs.widgets import RunDetails

        RunDetails(run).show()
        return None


def load(shell: Any) -> None:
    """Register the magics with a shell."""
    shell.register_magics(RunMagics)
