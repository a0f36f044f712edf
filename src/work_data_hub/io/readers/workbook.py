"""A workbook that was judged before the library saw it; its sheets come out as raw text."""

import difflib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import fastexcel

from work_data_hub.cleansing.text import normalise_header
from work_data_hub.domain.kernel.errors import Location, SheetMissingError
from work_data_hub.domain.kernel.sheets import SheetSpec
from work_data_hub.io.readers import ole
from work_data_hub.io.readers.container import Container
from work_data_hub.io.readers.intake import Content
from work_data_hub.io.readers.library_cells import load_cells
from work_data_hub.io.readers.library_edge import library_edge
from work_data_hub.io.readers.limits import LIMITS, IntakeLimits
from work_data_hub.io.readers.merged_ranges import MergedRange, merged_ranges
from work_data_hub.io.readers.package import open_package
from work_data_hub.io.readers.prolog import require_plain
from work_data_hub.io.readers.raw_sheet import RawSheet
from work_data_hub.io.readers.refusals import damaged, protected
from work_data_hub.io.readers.shared_texts import judge_text, measure_texts
from work_data_hub.io.readers.sheet_guard import Extent, judge_sheet
from work_data_hub.io.readers.zip_directory import Member

SUFFIXES: Final = (".xlsx", ".xlsm")
_ZIP: Final = b"PK"


class OpenedWorkbook:
    """A judged workbook, opened once; its sheets are judged and read one by one."""

    def __init__(self, content: Content, suffix: str, limits: IntakeLimits = LIMITS) -> None:
        """Judge and open; raises InputRefusedError for what is no workbook."""
        _refuse_other_formats(content, suffix)
        self.content = content
        self.limits = limits
        self._extents: dict[str, Extent] = {}
        self._package = open_package(Container.of(content, limits))
        self._texts = measure_texts(self._package.container, self._package.strings)
        with library_edge(Location(content.file)):
            book = fastexcel.read_excel(content.data)
            self.sheets = tuple(book.sheet_names)
        self._free = [book]

    def raw(self, spec: SheetSpec) -> RawSheet:
        """Read the configured sheet, every cell in the canonical text form."""
        return self.cells(choose_sheet(spec, self.sheets, self.content.file))

    def cells(self, sheet: str) -> RawSheet:
        """Judge and read a sheet; several may be read at once, each by a parser of its own."""
        extent, file = self.judge(sheet), self.content.file
        with library_edge(Location(file, sheet)), self._parser() as book:
            return load_cells(book, sheet, self.sheets, file, extent.uncomputed)

    def judge(self, sheet: str) -> Extent:
        """Judge a sheet once, before the parser sees it."""
        if sheet not in self._extents:
            file, container, part = self.content.file, self._package.container, self._part(sheet)
            where = Location(file, sheet)
            require_plain(container.head(part), part.name, file)
            extent = judge_sheet(lambda: container.blocks(part), where, container.limits)
            judge_text(container, part, extent.cells, self._texts, where)
            self._extents[sheet] = extent
        return self._extents[sheet]

    def merged_ranges(self, sheet: str) -> tuple[MergedRange, ...]:
        """Give the merged ranges of a sheet."""
        container = self._package.container
        where = Location(self.content.file, sheet)
        return merged_ranges(container.blocks(self._part(sheet)), where, container.limits)

    @contextmanager
    def _parser(self) -> Iterator[Any]:
        """Lend a parser: one that is free, or a new one."""
        try:
            book = self._free.pop()
        except IndexError:
            book = fastexcel.read_excel(self.content.data)
        try:
            yield book
        finally:
            self._free.append(book)

    def _part(self, sheet: str) -> Member:
        part = self._package.sheets.get(sheet)
        if part is None:
            raise damaged("The workbook lacks the part of this sheet.", Location(self.content.file, sheet))
        return part


def choose_sheet(spec: SheetSpec, sheets: tuple[str, ...], file: str) -> str:
    """Find the sheet by its name or an alias; width and white space of names do not matter."""
    folded = {normalise_header(name): name for name in reversed(sheets)}
    wanted = [normalise_header(name) for name in (spec.sheet, *spec.sheet_aliases)]
    found = next((folded[name] for name in wanted if name in folded), None)
    if found is not None:
        return found
    near = [folded[name] for name in difflib.get_close_matches(wanted[0], folded, n=1, cutoff=0.3)]
    raise SheetMissingError(
        f"The workbook has no sheet {spec.sheet!r}; it has {', '.join(map(repr, sheets))}."
        + (f" The closest name is {near[0]!r}." if near else ""),
        where=Location(file),
        expected=" or ".join(map(repr, (spec.sheet, *spec.sheet_aliases))),
        fix="Rename the sheet in the workbook, or add its name to the sheet's aliases.",
        sheets=sheets,
        closest=near[0] if near else None,
    )


def _refuse_other_formats(content: Content, suffix: str) -> None:
    file, data = content.file, content.data
    if suffix.lower() not in SUFFIXES:
        raise damaged(f"{suffix or 'No'} suffix where a workbook's is needed.", file, "Save it as .xlsx")
    if data.startswith(ole.SIGNATURE):
        names = ole.stream_names(data)
        if "EncryptedPackage" in names:
            raise protected("The file is protected by a password.", file, "Save it without password")
        if names & {"Workbook", "Book"}:
            raise damaged("The file is an old .xls, whatever its name says.", file, "Save it as .xlsx")
        raise damaged(
            "The file is protected by a password, or is an old .xls.",
            file,
            "Save it as .xlsx without password",
        )
    if not data.startswith(_ZIP):
        raise damaged("The file is not a workbook, whatever its name says.", file, "Save it as .xlsx")
