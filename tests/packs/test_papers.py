"""The papers of a pack: each can be drawn whatever the data, and mistakes are said before an officer meets them."""

import shutil
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from bot.commands.paper import ink_at_edges, invented_values, paper_group
from bot.typesetting import typeset, typeset_pages
from sop_flows.declarations.errors import PackErrors
from sop_flows.declarations.loader import load_pack
from sop_flows.packs import find_pack
from tests.packs.small_pack import write_small_pack
from tests.support.packs import real_pack

ONE = """
letterhead: [RUMAH CONTOH, Jalan Contoh 1]
signatories: {ketua: {title: "Ketua,", name: Dra. Contoh}}
papers:
  laporan: {title: Laporan Contoh, short: Laporan, at: [1.1/2], signed_by: [ketua], opening: Dengan hormat.}
"""
HEAD = '#let values = json(bytes(sys.inputs.values))\n#set page(paper: "a4")\n'


def with_papers(folder: Path, papers: str = ONE, template: str = HEAD + "#values.paper.opening") -> Path:
    pack = write_small_pack(folder)
    (pack / "papers").mkdir()
    (pack / "papers" / "papers.yaml").write_text(papers, encoding="utf-8")
    (pack / "papers" / "laporan.typ").write_text(template, encoding="utf-8")
    return pack


def test_every_paper_of_practice_is_one_of_ours() -> None:
    """practice.yaml names what a step leaves on paper; each of these steps has one."""
    with (Path(__file__).parent / "practice.yaml").open(encoding="utf-8") as file:
        said = yaml.load(file, Loader=yaml.CSafeLoader)
    wanted = {
        (number, step)
        for program in ("petirahan", "perlindungan")
        for number, sop in said[program].items()
        for step, what in sop.items()
        if isinstance(what, dict) and "paper" in what
    }
    assert len(wanted) == 18
    assert wanted <= set(real_pack().papers_at)


@pytest.mark.parametrize("name", ["rppsa_putra_utama", "asrama_bukit_tunas"])
def test_all_papers_hold_what_has_no_place_to_break(name: str) -> None:
    pack = load_pack(find_pack(name))
    assert pack.folder is not None
    wrong = []
    for paper in pack.papers.papers:
        template = pack.folder / "papers" / pack.papers.template_of(paper)
        for page in typeset_pages(template, invented_values(pack, paper, "unbroken"), 32):
            wrong += [(paper, side) for side in ink_at_edges(page)]
    assert wrong == []


@pytest.mark.parametrize("kind", ["empty", "unfinished", "markup"])
def test_a_paper_is_drawn_of_nothing_and_of_signs(kind: str) -> None:
    pack = real_pack()
    assert pack.folder is not None
    for name in ("daftar_timbang", "laporan", "laporan_akhir", "kunjungan_rumah"):
        paper = name if name in pack.papers.papers else "evaluasi_kasus"
        values = invented_values(pack, paper, kind)
        template = pack.folder / "papers" / pack.papers.template_of(paper)
        assert typeset(template, values, "pdf")[:5] == b"%PDF-"


@pytest.mark.parametrize(
    ("there", "instead", "said"),
    [
        ("at: [1.1/2]", "at: [9.9/1]", "9.9/1: there is no SOP 9.9 in the pack"),
        ("at: [1.1/2]", "at: [1.1/77]", "SOP 1.1 has no step 77 that is asked"),
        ("at: [1.1/2]", "at: [pertama]", "'pertama' is no step; write it like '9.2.04/1'"),
        ("signed_by: [ketua]", "signed_by: [ketuaa]", "unknown signatory 'ketuaa'"),
        ("at: [1.1/2]", "monthly_for: [nobody]", "unknown role 'nobody'"),
        ("opening:", "number_from: x, opening:", "number_from x: 1.1/2 records hasil"),
        ("opening:", "each: kabupaten, opening:", "1.1/2 is not recorded per kabupaten"),
        ("  laporan:", "  lain:", "there is no template papers/lain.typ"),
        ("short: Laporan", "short: Laporan yang terlalu panjang", "use at most 24 characters"),
        ("opening:", "openning:", "unknown key 'openning'; did you mean 'opening'"),
    ],
)
def test_mistakes_are_said_with_file_and_line(tmp_path: Path, there: str, instead: str, said: str) -> None:
    assert there in ONE
    with pytest.raises(PackErrors) as wrong:
        load_pack(with_papers(tmp_path, ONE.replace(there, instead)))
    assert "papers.yaml:" in str(wrong.value)
    assert said in str(wrong.value)


def test_check_says_what_runs_off_the_page_and_where_a_template_is_wrong(tmp_path: Path) -> None:
    pack = with_papers(tmp_path)
    run = CliRunner().invoke(paper_group, ["check", str(pack), "--keep", str(tmp_path / "look")])
    assert run.exit_code == 0, run.output
    assert len(list((tmp_path / "look").glob("laporan-*.png"))) == 6
    template = pack / "papers" / "laporan.typ"
    template.write_text(
        HEAD + "#place(dx: 150mm, box(width: 90mm, height: 9mm, fill: black))", encoding="utf-8"
    )
    run = CliRunner().invoke(paper_group, ["check", str(pack)])
    assert run.exit_code == 1
    assert "laporan.typ: laporan, usual data: page 1 runs off the right" in run.output
    template.write_text(HEAD + "#values.nothing", encoding="utf-8")
    run = CliRunner().invoke(paper_group, ["check", str(pack)])
    assert run.exit_code == 1
    assert "nothing" in run.output


def test_another_letterhead_and_sentence_need_no_python(tmp_path: Path) -> None:
    """As a newcomer would: copy the pack, change two lines, look."""
    pack = tmp_path / "rumah_lain"
    shutil.copytree(find_pack("rppsa_putra_utama"), pack)
    papers = pack / "papers" / "papers.yaml"
    text = papers.read_text("utf-8")
    text = text.replace("PEMERINTAH PROVINSI NUSA TENGGARA BARAT", "PEMERINTAH KABUPATEN CONTOH")
    text = text.replace("Telah dilaksanakan kunjungan rumah", "Kami telah berkunjung ke rumah")
    papers.write_text(text, encoding="utf-8")
    values = invented_values(load_pack(pack), "kunjungan_rumah", "usual")
    assert values["house"]["letterhead"][0] == "PEMERINTAH KABUPATEN CONTOH"
    assert values["paper"]["opening"].startswith("Kami telah berkunjung ke rumah")
    was = typeset_pages(pack / "papers" / "kunjungan_rumah.typ", values, 32)
    values["house"]["letterhead"][0] = ""
    assert typeset_pages(pack / "papers" / "kunjungan_rumah.typ", values, 32) != was
