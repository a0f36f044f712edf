"""The text of .env.example, written from the settings themselves."""

from enum import Enum

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from work_data_hub.config.settings import Settings

_HEAD = "# Copied to .env by the start script. The environment wins over this file.\n"


def env_example() -> str:
    """Give a line for each setting with its default, below its description; optional ones are commented out."""
    return _HEAD + "".join(_entry(name, field) for name, field in Settings.model_fields.items())


def _entry(name: str, field: FieldInfo) -> str:
    value = _default(field)
    mark = "# " if value is None else ""
    return f"\n# {field.description}\n{mark}{name.upper()}={value or ''}\n"


def _default(field: FieldInfo) -> str | None:
    if field.is_required():
        return str(field.examples[0]) if field.examples else ""
    if isinstance(field.default, SecretStr):
        return field.default.get_secret_value()
    if isinstance(field.default, Enum):
        return str(field.default.value)
    return None if field.default is None else str(field.default)
