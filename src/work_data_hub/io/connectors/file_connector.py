"""Finding the one file of a source and month below the landing root."""

from pathlib import Path

from work_data_hub.application.sources import FoundFile, Glance, SourceSpec
from work_data_hub.domain.kernel.errors import ConfigurationError
from work_data_hub.domain.kernel.period import Period
from work_data_hub.io.connectors.contents import Contents, glanced, is_whole
from work_data_hub.io.connectors.discovery import Discovery
from work_data_hub.io.connectors.folders import Landing
from work_data_hub.io.connectors.matching import NameRules
from work_data_hub.io.connectors.search import search
from work_data_hub.io.connectors.selection import select
from work_data_hub.io.connectors.templates import fill, months_below


class FileConnector:
    """Finds files by folder templates, patterns and version folders."""

    def __init__(self, landing_root: Path) -> None:
        """Remember where to look; nothing is looked at yet."""
        self._landing = Landing(landing_root)
        self._contents = Contents()

    def find(self, spec: SourceSpec, period: Period) -> FoundFile:
        """Give the month's one file with its fingerprint; none or several is refused with what there was.

        A file is hashed once, and again when anything that the file system tells of it has changed.
        """
        return self._contents.found(select(spec, self.candidates(spec, period)))

    def glance(self, spec: SourceSpec, period: Period) -> Glance:
        """Give the month's one file without opening it; none or several is refused as `find` refuses it."""
        return glanced(select(spec, self._discover(spec, period, hasty=True)))

    def fingerprint(self, path: Path) -> str:
        """Give the SHA-256 of a file's content, read now."""
        return self._contents.sha256(path)

    def is_whole(self, path: Path) -> bool:
        """Say whether a file has its last bytes, as far as its form tells."""
        return is_whole(path)

    def months(self, spec: SourceSpec) -> tuple[Period, ...]:
        """Give the months that have a folder, in order; a drop has none."""
        self._landing.require()
        walks = (
            months_below(self._landing.root, template, self._landing.subfolders) for template in spec.folders
        )
        return tuple(sorted({period for walk in walks for period in walk}))

    def candidates(self, spec: SourceSpec, period: Period) -> Discovery:
        """Say what lies there: the first folder with a matching file wins, and there the version strategy."""
        return self._discover(spec, period)

    def _discover(self, spec: SourceSpec, period: Period, *, hasty: bool = False) -> Discovery:
        if spec.is_drop:
            raise ConfigurationError(
                f"a source of {spec.domain} is a drop and has no file of {period}",
                expected="folders with {YYYYMM}, or {YYYY} and {MM}",
                fix="read it as a drop, or write the month into its folders in the source's YAML",
            )
        folders = [fill(template, period) for template in spec.folders]
        return search(self._landing, spec, folders, rules=NameRules.of(spec), period=period, hasty=hasty)
