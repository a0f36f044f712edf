"""Where the project's own files lie: migrations, workspace, pages."""

from pathlib import Path

from work_data_hub.domain.kernel.errors import ConfigurationError

_MARK = "alembic.ini"


def project_folder() -> Path:
    """Find the clone: the folder of the call or above it, else the one this package is installed from."""
    import work_data_hub

    here = Path.cwd()
    package = Path(work_data_hub.__file__).resolve()
    for folder in (here, *here.parents, *package.parents):
        if (folder / _MARK).is_file():
            return folder
    raise ConfigurationError(
        f"no {_MARK} in {here} or above", expected="a clone of the project", fix="change into the clone first"
    )
