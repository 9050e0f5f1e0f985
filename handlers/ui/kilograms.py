"""Grams as people say kilograms: "24,9 kg", "+0,6"; and what a weight is called for the age."""

from decimal import Decimal

from babel.numbers import format_decimal

from handlers.ui.words import LOCALE, _
from sop_flows.recording.growth import BmiForAge


def kilos(weight_g: int) -> str:
    """ "25,0 kg": at least one decimal, as a scale shows it."""
    return _("{number} kg").format(number=_decimal(weight_g, "0.0##"))


def kilos_as_typed(weight_g: int) -> str:
    """ "52 kg": no decimal that nobody typed."""
    return _("{number} kg").format(number=_decimal(weight_g, "0.###"))


def scale_kilos(weight_g: int) -> str:
    """ "25,0": in a column of weights."""
    return _decimal(weight_g, "0.0##")


def bare_kilos(weight_g: int) -> str:
    """ "25,2": for a button."""
    return _decimal(weight_g, "0.###")


def change(change_g: int) -> str:
    """ "+0,6", "-0,8", "0,0"."""
    return _decimal(change_g, "+0.0##;-0.0##") if change_g else _decimal(0, "0.0")


def nutrition_words(growth: BmiForAge) -> str:
    """ "gizi baik"."""
    return {
        "severely thin": _("severely thin"),
        "thin": _("thin"),
        "good": _("good nutrition"),
        "overweight": _("overweight"),
        "obese": _("obese"),
    }[growth.nutrition]


def _decimal(weight_g: int, pattern: str) -> str:
    return format_decimal(Decimal(weight_g) / 1000, format=pattern, locale=LOCALE)
