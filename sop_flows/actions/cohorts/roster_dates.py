"""Birth dates of a whole column: a spreadsheet that has swapped day and month leaves a pattern. Pure."""

from collections.abc import Mapping
from datetime import date

from sop_flows.actions.cohorts.roster_cells import ReadDate, is_plausible_birth

LAST_MONTH = 12  # a day after it can't be taken for a month


def read_column(dates: Mapping[int, ReadDate], today: date) -> dict[int, ReadDate]:
    """How each date is to be read, by row; with `other` where day and month may be swapped, which has to be asked.

    A spreadsheet set to America takes "05/12/2016" for the twelfth of May and leaves "13/05/2016" as text. So dates
    none of which lies after the 12th, beside texts all of which do, are swapped in all likelihood. A column of texts
    one of which has its month first ("05/13/2016") may have all of them so.
    """
    cells = [one for one in dates.values() if one.kind == "cell"]
    numbers = [one for one in dates.values() if one.kind == "numbers"]
    day_first = [one for one in numbers if one.on is not None and one.on.day > LAST_MONTH]
    month_first = [one for one in numbers if one.on is None and one.other is not None]
    is_month_first = bool(month_first) and not day_first and len(numbers) + len(cells) > 1
    either = any(one.on is not None and one.other is not None for one in numbers)
    one_way = bool(day_first) != bool(month_first)
    is_swapped = (
        one_way and not either and all(one.on is not None and one.on.day <= LAST_MONTH for one in cells)
    )
    asked = [
        number
        for number, one in dates.items()
        if one.on is not None
        and one.other is not None
        and ((one.kind == "cell" and is_swapped) or (one.kind == "numbers" and is_month_first))
    ]
    if any(not is_plausible_birth(other, today) for number in asked if (other := dates[number].other)):
        asked = []  # turned round, a child would not be born yet: they are right as they stand
    found = {}
    for number, one in dates.items():
        if one.on is None and is_month_first:
            found[number] = ReadDate(one.other)
        else:
            found[number] = one if number in asked else ReadDate(one.on)
    return found
