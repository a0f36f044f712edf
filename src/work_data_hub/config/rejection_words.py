"""Loading the Chinese words for rejections, one file per domain in quarantine_words/."""

from functools import lru_cache
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from work_data_hub.application.quarantine.words import QuarantineWords, RuleWords
from work_data_hub.config.loader import packaged_config
from work_data_hub.config.yaml_files import read_yaml, validated

FOLDER: Final = "quarantine_words"
_Text = Annotated[str, StringConstraints(min_length=1)]


class _RuleEntry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    problem: _Text
    expected: _Text


class _WordsFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    rules: dict[_Text, _RuleEntry] = Field(min_length=1)
    context: tuple[_Text, ...] = ()


@lru_cache(maxsize=8)
def load_quarantine_words(domain: str, config_dir: Path | None = None) -> QuarantineWords:
    """Give a domain's words; a domain without a file is told in English alone."""
    folder, name = config_dir or packaged_config(), f"{domain}.yml"
    if not folder.joinpath(FOLDER, name).is_file():
        return QuarantineWords({})
    file = read_yaml(folder, FOLDER, name)
    read = validated(_WordsFile.model_validate, file, file.data)
    rules = {rule: RuleWords(words.problem, words.expected) for rule, words in read.rules.items()}
    return QuarantineWords(rules, read.context)
