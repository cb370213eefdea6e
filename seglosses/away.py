"""A chapter away from its folder, as in Colab: what it reads, and what lets its widgets live.

The first cell of each chapter installs the package where it is missing, and calls ``set_up``.
"""

import shutil
import sys
from importlib import import_module
from importlib.resources import files
from pathlib import Path

RECORDS = "records"  # book/data, as the package brings it along


def set_up(folder: Path | str = ".") -> None:
    """Put the records that the chapters read into ``data/`` beside the notebook, and wake Colab's widgets.

    Args:
        folder: where the notebook runs. What already stands there is left as it is.
    """
    data = Path(folder, "data")
    data.mkdir(exist_ok=True)
    for record in files("seglosses").joinpath(RECORDS).iterdir():
        if not (data / record.name).exists():
            shutil.copy(str(record), data / record.name)
    if "google.colab" in sys.modules:
        import_module("google.colab.output").enable_custom_widget_manager()
