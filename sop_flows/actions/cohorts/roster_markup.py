"""Tables in HTML or XML: what many programs of schools call an .xls file, and sheets of LibreOffice. Pure."""

from html.parser import HTMLParser

ROWS, CELLS = ("tr", "row", "table-row"), ("td", "th", "cell", "table-cell", "covered-table-cell")
SPAN_MAX = 50  # columns that one cell may say it covers
REPEATED_MAX = 200  # rows that one may say it stands for


class _Tables(HTMLParser):
    """Collects the rows of every table; what is not in a cell is passed over."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self._is_in_cell = False
        self._covers = self._copies = self._repeats = 0
        self._kept = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name = tag.rpartition(":")[2]
        if name in ROWS:
            self.rows.append([])
            self._is_in_cell = False
            self._repeats = _count(dict(attrs).get("table:number-rows-repeated"), REPEATED_MAX) - 1
        elif name in CELLS and self.rows:
            at = dict(attrs).get("ss:index") or ""  # cells before it are empty
            if at.isdecimal() and len(self.rows[-1]) < int(at) <= SPAN_MAX:
                self.rows[-1].extend([""] * (int(at) - 1 - len(self.rows[-1])))
            # A date as it is kept, not as it is shown.
            self._kept = (dict(attrs).get("office:date-value") or "")[:10]
            self.rows[-1].append(self._kept)
            self._is_in_cell = True
            given = dict(attrs)
            self._covers = _count(given.get("colspan"), SPAN_MAX) - 1
            self._copies = _count(given.get("table:number-columns-repeated"), SPAN_MAX) - 1
        elif name in ("br", "p") and self._is_in_cell and self.rows[-1][-1]:
            self.rows[-1][-1] += " "

    def handle_endtag(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name in CELLS and self._is_in_cell:
            self.rows[-1].extend([""] * self._covers)
            self.rows[-1].extend([self.rows[-1][-1]] * self._copies)
            self._is_in_cell = False
        elif name in ROWS and self.rows:
            self.rows.extend(list(self.rows[-1]) for _copy in range(self._repeats))
            self._repeats = 0

    def handle_data(self, data: str) -> None:
        if self._is_in_cell and not self._kept:
            self.rows[-1][-1] += data


def _count(written: str | None, most: int) -> int:
    return min(int(written), most) if written is not None and written.isdecimal() and int(written) else 1


def is_markup(text: str) -> bool:
    """Whether the text is a page or an XML workbook, not lines of values."""
    head = text[:2000].lstrip("\ufeff \r\n\t").lower()
    return head.startswith(("<html", "<!doctype html", "<table", "<?xml", "<meta", "<style", "<head"))


def rows_of_markup(text: str) -> list[list[str]]:
    """The rows of its tables, one below the other."""
    found = _Tables()
    found.feed(text)
    return found.rows
