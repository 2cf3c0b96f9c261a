"""The harness itself."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect


def test_runs_cells_survives_a_reload_and_a_shutdown(lab):
    lab.new_notebook("print('a' + 'b')", "import time; time.sleep(0.5)\nprint('slow')", "1 +")
    lab.run_cell(0)
    expect(lab.output_of(0)).to_have_text("ab")
    lab.run_cell(1, wait=False)
    assert lab.is_busy()
    lab.wait_idle()
    assert lab.outputs_json(1)[0]["text"] == "slow\n"
    lab.reload()
    expect(lab.output_of(0)).to_have_text("ab")
    lab.run_all()
    expect(lab.output_of(2)).to_contain_text("SyntaxError")
    lab.shutdown_kernel()
    lab.reload(kernel=False)
    expect(lab.output_of(1)).to_have_text("slow")
    assert lab.server.request("api/kernels") == []
    assert lab.errors == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_takes_pictures_in_both_themes(lab, theme):
    lab.set_theme(theme)
    assert lab.screenshot(f"harness-{theme}").stat().st_size > 5_000
