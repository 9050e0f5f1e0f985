"""A pack as small as a pack can be, to be broken in tests. Lines are counted in the expectations: add at the end."""

from pathlib import Path

UNIT = """\
name: Rumah Contoh
short_name: Contoh
city: Mataram
timezone: Asia/Makassar
roles:
  kepala: {label: Kepala, section_label: Kepala}
  peksos: {label: Peksos, section_label: Peksos, head: kepala}
stand_ins:
  - {role: peksos, acts_for: kepala, where: ["1.1/2"]}
calendar:
  hours:
    senin: 08.00-16.00, istirahat 12.00-13.00
dormitories:
  - {name: Wisma A, sex: P, capacity: 2}
weights: {min_g: 10000, max_g: 80000, change_g: 3000}
legal_basis: [Undang-undang contoh]
sop_dates: {created: 2008-12-19, revised: 2010-05-17, effective: 2010-06-01, approved_by: Kepala Dinas}
related: {text: Tidak ada, nature: internal}
case: {codes: [Melati, Kenanga], max_age: 18, categories: [situasi darurat]}
"""

FIRST = """\
number: "1.1"
title: Pertama
program: petirahan
phase: awal
subject: cohort
clock: kerja
starts:
  - at: arrival
steps:
  - step: 1
    activity: Mulai
    short: Mulai bekerja
    executors: [peksos]
    kind: start
  - step: 2
    activity: Mencatat
    prompt: Catat.
    short: Catat data anak
    executors: [peksos]
    standard: 1 hari
    kind: do
    per: child
    record:
      fields:
        - {key: hasil, ask: Apa?, kind: text}
      rest: "Sisanya: baik"
      rest_value: baik
"""

SECOND = """\
number: "1.2"
title: Kedua
program: petirahan
phase: awal
subject: cohort
clock: kalender
starts:
  - after: "1.1"
steps:
  - step: 1
    activity: Menimbang
    prompt: Timbang.
    short: Timbang setiap anak
    executors: [peksos, kepala]
    kind: do
    every: {days: 10, first_at: 10, until: departure}
    remind: ["-1 hari"]
"""

FILES = {"unit.yaml": UNIT, "1.1.yaml": FIRST, "1.2.yaml": SECOND}


def write_small_pack(folder: Path, **changed: str) -> Path:
    """Write the pack into `folder`; `changed` replaces or adds whole files, named "1_1_yaml" or "unit_yaml"."""
    texts = FILES | {name.replace("_", "."): text for name, text in changed.items()}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder
