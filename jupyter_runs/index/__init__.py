"""Questions across runs.

The one door is `find_runs`. It looks at the folders themselves for now; what it promises (order,
meaning of the filters, laziness) is final.
"""

from jupyter_runs.index.filters import STATUSES, RunFilter
from jupyter_runs.index.scan import find_runs, workspace_folders

__all__ = ["STATUSES", "RunFilter", "find_runs", "workspace_folders"]
