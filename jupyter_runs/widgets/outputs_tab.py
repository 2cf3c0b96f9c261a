"""The Outputs tab: names, sizes, and the files themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_runs.views.format import count, escape, moment, size

from .kit import box, html

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_runs.views.model import FileInfo
    from jupyter_runs.views.run_view import RunView

DOWNLOAD_UP_TO = (
    32_000_000  # bytes that go through the kernel's message; larger ones lie at their path
)
FILES_SHOWN = 500


class OutputsTab:
    """Lists the files of a run; ``folder`` is the run's."""

    def __init__(self, view: RunView, folder: Path) -> None:
        self._view = view
        self._folder = folder
        self._table: Any = html("jpr-files")
        self.panel = box(self._table, classes=("jpr-panel",))

    def refresh(self) -> None:
        """Show new files."""
        files = self._view.outputs()
        rows = "".join(
            f"<tr><td class='jpr-text'>{escape(info.name)}</td>"
            f'<td class="jpr-number" data-v="{info.size}">{escape(size(info.size))}</td>'
            f"<td>{escape(moment(info.mtime))}</td><td>{self._get(info)}</td></tr>"
            for info in files[:FILES_SHOWN]
        )
        rest = f"<p>and {len(files) - FILES_SHOWN:,} more</p>" if len(files) > FILES_SHOWN else ""
        total = f"{count(len(files), 'file')}, {size(sum(info.size for info in files))}"
        self._table.value = (
            f'<div class="jpr-scroll"><table class="jpr-table"><thead><tr><th scope="col">Name</th>'
            f'<th scope="col" class="jpr-number">Size</th><th scope="col">Changed</th><th></th></tr></thead><tbody>{rows}</tbody></table></div>'
            f'{rest}<p class="jpr-badge">{escape(total)} in <code>{escape(self._folder)}</code></p>'
        )

    @staticmethod
    def _get(info: FileInfo) -> str:
        name = info.name
        if info.size > DOWNLOAD_UP_TO:
            path = escape(info.path)
            return f'<button type="button" class="jpr-button" data-jpr="copy" data-text="{path}" title="{path}">Copy path</button>'
        return (
            f'<button type="button" class="jpr-button" data-jpr="download" data-name="{escape(name)}" '
            f'title="Download {escape(name)}">↓ Download</button>'
        )

    def read(self, name: str) -> bytes | None:
        """Return the bytes of a listed file that is small enough to send, else None."""
        for info in self._view.outputs():
            if info.name == name and info.size <= DOWNLOAD_UP_TO:
                return info.path.read_bytes()
        return None
