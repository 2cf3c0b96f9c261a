"""The run once more, below its header: its code to copy, and a form that submits it anew."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

import ipywidgets

from jupyter_runs.errors import RunsError
from jupyter_runs.jobs.repeat import repeat_of
from jupyter_runs.jobs.repeat_code import code_of
from jupyter_runs.views.format import escape

from .kit import box, button, close_all, html, layout

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_runs.jobs.arguments import Field
    from jupyter_runs.jobs.repeat import Repeat
    from jupyter_runs.journal import RunFolder
    from jupyter_runs.views import RunView

    from .live import Live


class AgainPanel:
    """Made when somebody asks for it; what it submits is shown below it.

    Parameters
    ----------
    view
        The run's.
    submit
        Submits it anew with what `submit_again` takes.
    details
        Makes the widget of the new run.
    act
        Does something for a person, where nothing else is drawn meanwhile.
    """

    def __init__(
        self,
        view: RunView,
        submit: Callable[..., RunFolder],
        details: Callable[[RunFolder], Live],
        act: Callable[[Callable[[], None]], None],
    ) -> None:
        self._view = view
        self._submit = submit
        self._details = details
        self._act = act
        self._rows: list[tuple[Field, Any]] = []
        self._new: Live | None = None
        self.panel = box(classes=("jpr-again",))
        self.panel.layout = layout(display="none")

    @property
    def open(self) -> bool:
        """Whether it is seen."""
        return bool(self.panel.children)

    def toggle(self) -> None:
        """Show it, or take it away."""
        if self.open:
            self.close()
            return
        known = repeat_of(self._view.reader)
        self._below = box(classes=("jpr-below",))
        form = self._form(known) if known.refusal is None else [_text(known.refusal)]
        self.panel.children = [
            box(*form, classes=("jpr-toolbar", "jpr-again-form")),
            html("jpr-again-code", value=self._code()),
            self._below,
        ]
        self.panel.layout = layout()

    def close(self) -> None:
        """Take it away, and stop looking at the run that was submitted from it."""
        new, self._new = self._new, None
        if new is not None:
            widget: Any = new.widget
            new.close()
            close_all(widget.body)
        children, self.panel.children = self.panel.children, []
        for child in children:
            close_all(child)
        self.panel.layout = layout(display="none")

    # -- the form

    def _form(self, known: Repeat) -> list[Any]:
        self._rows = [(field, _control(field, at)) for at, field in enumerate(known.fields, 1)]
        self._removes: dict[Any, Any] = {}
        self._takes_arguments = known.takes_arguments
        self._command = (
            None if known.command is None else _area("Command", known.command, "jpr-again-wide")
        )
        self._more = _line("More arguments", "", "--name value …")
        self._target = ipywidgets.Dropdown(
            options=known.targets, value=known.target, description="Target", layout=layout()
        )
        self._said = html("jpr-said")
        submit = button("Submit anew", "Queue another run of the same code", "jpr-accept")
        submit.on_click(lambda _: self._act(self._submitted))
        title = html(value=f"<h4>Submit {escape(known.what)} anew</h4>")
        notes = [_text(note) for note in known.notes]
        return [
            title,
            *(self._row(field, control) for field, control in self._rows),
            *([] if self._command is None else [self._command]),
            *([self._more] if known.takes_arguments else []),
            self._target,
            *notes,
            submit,
            self._said,
        ]

    def _row(self, field: Field, control: Any) -> Any:
        """Return what shows an argument: its control, and a button that leaves it out."""
        if field.form == "flag":
            return control  # it is left out by itself
        said = f"Leave {control.description} out"
        remove = button(said, said, "jpr-again-remove")
        row = box(control, remove, classes=("jpr-again-row",))
        remove.on_click(lambda _: self._act(lambda: self._leave_out(control, row)))
        self._removes[control] = remove
        return row

    def _leave_out(self, control: Any, row: Any) -> None:
        """Take an argument out of the form; keys go on at the one that follows, or at the last."""
        if control not in self._removes:
            return  # asked for twice
        there = list(self._removes)
        at = there.index(control)
        del self._removes[control]
        self._rows = [each for each in self._rows if each[1] is not control]
        form = self.panel.children[0]
        form.children = [child for child in form.children if child is not row]
        close_all(row)
        left = [*there[at + 1 :], *reversed(there[:at])]
        (self._removes[left[0]] if left else self._more).focus()

    def _submitted(self) -> None:
        try:
            folder = self._submit(**self._changes())
        except (RunsError, OSError, ValueError) as error:  # for the person who has filled it in
            self._said.value = f'<span class="jpr-warning" role="alert">{escape(error)}</span>'
            return
        self._said.value = f"<span>submitted as <b>{escape(folder.id)}</b></span>"
        if self._new is not None:
            widget: Any = self._new.widget
            self._new.close()
            close_all(widget.body)
        self._new = self._details(folder)
        self._below.children = [self._new.widget]

    def _changes(self) -> dict[str, Any]:
        told: dict[str, Any] = {"target": self._target.value}
        if self._command is not None:
            return {**told, "command": self._command.value}
        if self._takes_arguments:
            fields = [
                field._replace(value="" if field.form == "flag" else control.value)
                for field, control in self._rows
                if field.form != "flag" or control.value
            ]
            listed = [each for field in fields for each in field.arguments()]
            told["arguments"] = [*listed, *shlex.split(self._more.value)]
        return told

    # -- the code

    def _code(self) -> str:
        code = code_of(self._view.reader)
        if code is None:
            return "<p>Its code was not kept: it was not started from a cell.</p>"
        return (
            f'<h4>The code that repeats it <button type="button" class="jpr-button" data-jpr="copy" '
            f'data-text="{escape(code.text)}">Copy code</button></h4>'
            f'<pre class="jpr-code" tabindex="0">{escape(code.text)}</pre>'
            f'<p class="jpr-dim">{escape(code.note)}</p>'
        )


def _control(field: Field, at: int) -> Any:
    if field.form == "flag":
        return ipywidgets.Checkbox(
            value=True, description=field.label, indent=False, layout=layout()
        )
    label = field.label or f"argument {at}"
    if field.secret:
        return ipywidgets.Password(
            description=label, placeholder="was not kept: put it in", layout=layout()
        )
    return (
        _area(label, field.value)
        if "\n" in field.value or "\r" in field.value
        else _line(label, field.value)
    )


def _line(label: str, value: str, placeholder: str = "") -> Any:
    return ipywidgets.Text(value=value, description=label, placeholder=placeholder, layout=layout())


def _area(label: str, value: str, *classes: str) -> Any:
    return ipywidgets.Textarea(
        value=value, description=label, rows=3, layout=layout(), _dom_classes=classes
    )


def _text(text: str) -> Any:
    return html("jpr-dim", value=f"<p>{escape(text)}</p>")
