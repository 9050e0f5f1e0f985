"""The columns of a roster and the many names that schools give them."""

import re
from enum import StrEnum

from sop_flows.actions.cohorts.roster_cells import Cell, text_of


class Column(StrEnum):
    """The columns, by the name that a header gives them; the first three are required."""

    NAME = "nama"
    SEX = "jenis kelamin"
    SCHOOL = "sekolah"
    BORN = "tanggal lahir"
    PARENT = "nama orang tua"
    PHONE = "telepon"
    ADDRESS = "alamat"


REQUIRED = (Column.NAME, Column.SEX, Column.SCHOOL)
# Lines without a header carry the columns in this order; three parts are the required ones.
PASTED_ORDER = (
    Column.NAME, Column.SEX, Column.BORN, Column.SCHOOL, Column.PARENT, Column.PHONE, Column.ADDRESS,
)  # fmt: skip

_SYNONYMS = {
    Column.NAME: "nama; nama anak; nama lengkap; nama siswa; nama murid; nama calon kelayan; nama klayan; "
    "nama kelayan; nama lengkap anak; nama anak tetirah; name",
    Column.SEX: "jenis kelamin; kelamin; jns kelamin; jk; l p; lp; sex; gender; jenis kelamin l p",
    Column.SCHOOL: "sekolah; asal sekolah; nama sekolah; sekolah asal; sd; sd mi; nama sd; nama sd mi; asal sd; school",
    Column.BORN: "tanggal lahir; tgl lahir; lahir; ttl; tempat tanggal lahir; tempat tgl lahir; "
    "tempat dan tanggal lahir; tgl lahir anak; tanggal lahir anak; date of birth; dob",
    Column.PARENT: "nama orang tua; orang tua; nama orangtua; orangtua; nama ortu; ortu; wali; nama wali; "
    "nama orang tua wali; orang tua wali; nama orangtua wali; ayah; nama ayah; ibu; nama ibu; parent; parents",
    Column.PHONE: "telepon; telpon; no telepon; nomor telepon; no telpon; telp; no telp; tlp; no tlp; hp; no hp; "
    "nomor hp; handphone; no handphone; wa; no wa; nomor wa; whatsapp; kontak; phone; no telepon hp; telepon hp",
    Column.ADDRESS: "alamat; alamat rumah; alamat lengkap; alamat orang tua; alamat tinggal; dusun; address",
}
_COLUMN_OF = {word.strip(): column for column, words in _SYNONYMS.items() for word in words.split(";")}


def column_of(cell: Cell) -> Column | None:
    """The column that a header cell names, whatever its case, signs and what stands in brackets."""
    text = re.sub(r"\(.*?\)|\*", " ", text_of(cell).casefold())
    return _COLUMN_OF.get(" ".join(re.sub(r"[^a-z]+", " ", text).split()))
