"""Questions across runs.

The doors are `find_runs` and `find_children`. They look at the folders themselves for now; what they promise (order,
meaning of the filters, laziness) is final.
"""

from jupyter_runs.index.filters import STATUSES, RunFilter
from jupyter_runs.index.scan import find_children, find_runs, workspace_folders

__all__ = ["STATUSES", "RunFilter", "find_children", "find_runs", "workspace_folders"]
