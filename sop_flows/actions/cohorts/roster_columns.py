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
IN_EVERY_HEADER = (Column.NAME, Column.SEX)  # the school can be asked for once, for all of them
# Lines without a header carry the columns in this order; three parts are the required ones.
PASTED_ORDER = (
    Column.NAME, Column.SEX, Column.BORN, Column.SCHOOL, Column.PARENT, Column.PHONE, Column.ADDRESS,
)  # fmt: skip

_SAME = {"telpon": "telepon", "telp": "telepon", "tlp": "telepon", "tlpn": "telepon", "phone": "telepon",
         "ponsel": "hp", "handphone": "hp", "hape": "hp", "wa": "hp", "whatsapp": "hp", "kontak": "hp",
         "orangtua": "ortu", "parent": "ortu", "parents": "ortu", "tgl": "tanggal", "dob": "ttl",
         "siswi": "siswa", "murid": "siswa", "santri": "siswa", "didik": "siswa", "name": "nama", "school": "sekolah",
         "kelayan": "anak", "klayan": "anak", "klien": "anak", "tetirah": "anak", "nomor": "no", "nmr": "no",
         "address": "alamat", "jns": "jenis", "gender": "kelamin", "sex": "kelamin"}  # fmt: skip
# A header with one of these words is about something else, whatever else it says.
_OF_OTHER_THINGS = (
    "pekerjaan pendidikan penghasilan nik nisn nipd nis npsn agama akta akte rekening bank kip kps kks kk kartu email mail "
    "tahun jenjang jarak kelas rombel rombongan guru kepala panggilan umur usia berat tinggi hobi cita lintang bujur pos "
    "hubungan keterangan ket skhun ijazah ujian saudara registrasi golongan darah darurat penyakit nilai rangking"
)
_OTHER = frozenset(_OF_OTHER_THINGS.split())
_PARENTS = frozenset({"ayah", "ibu", "wali", "ortu", "bapak", "mama", "papa"})
_SCHOOLS = frozenset({"sekolah", "sd", "mi", "sdn", "min", "madrasah", "lembaga", "satdik"})
_BESIDE = "nama no asal dari di yang dan atau anak siswa peserta calon lengkap penerima manfaat pm"
_FILLING = frozenset(_BESIDE.split())


def words_of(cell: Cell) -> tuple[str, ...]:
    """The words of a header cell, whatever its case, signs and what stands in brackets."""
    text = re.sub(r"\(.*?\)|\*", " ", text_of(cell).casefold()).replace("orang tua", "orangtua")
    text = text.replace("satuan pendidikan", "satdik").replace("no. ", "no ")
    return tuple(_SAME.get(word, word) for word in re.sub(r"[^a-z]+", " ", text).split())


def column_of(cell: Cell, group: Cell = None) -> Column | None:
    """The column that a header cell names; `group` stands above it, over several columns ("Data Ayah")."""
    words, above = set(words_of(cell)), set(words_of(group))
    if not words or len(words) > 8 or words & _OTHER:
        return None
    if above & _PARENTS and not above & {"anak", "siswa"}:
        words |= above & _PARENTS
    elif above & _SCHOOLS and words <= {"nama", "asal"}:
        words |= above & _SCHOOLS
    elif above & {"lahir", "ttl"} and "tanggal" in words:
        return Column.BORN
    return _column_in(words)


def is_former_school(cell: Cell) -> bool:
    """Whether the header means the school before this one, where the file says of each child what Dapodik knows."""
    return words_of(cell) in (("sekolah", "asal"), ("asal", "sekolah"))


def _column_in(words: set[str]) -> Column | None:
    if words & {"jk", "kelamin", "lp"} or words == {"l", "p"}:
        return Column.SEX
    if "ttl" in words or ("lahir" in words and (words & {"tanggal", "of"} or words == {"lahir"})):
        return Column.BORN
    if words & {"hp", "telepon"}:
        return Column.PHONE
    if "alamat" in words or (words <= {"dusun", "domisili", "tempat", "tinggal"} and words != {"tempat"}):
        return None if words & _SCHOOLS else Column.ADDRESS
    if words & _PARENTS:
        return Column.PARENT if words <= _PARENTS | _FILLING | {"kandung", "data", "atau", "tua"} else None
    if words & _SCHOOLS:
        return Column.SCHOOL if words <= _SCHOOLS | _FILLING | {"dasar", "unit", "instansi"} else None
    if words & {"nama"} and words <= _FILLING:
        return Column.NAME
    if "date" in words and "birth" in words:
        return Column.BORN
    return None
