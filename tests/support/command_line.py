"""`pandu` on the command line, about a town."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from bot.cli import pandu
from bot.clock import real_now
from tests.support.database import SECRET
from tests.support.town import Town


def run_pandu(town: Town, *command: str) -> Result:
    """Run it in the working directory, by the town's database and clock."""
    environment = {
        "PANDU_SECRET_KEY": SECRET,
        "DATABASE_URL": town.store.engine.url.render_as_string(hide_password=False),
        "TELEGRAM_BOT_TOKEN": "",
        "TELEGRAM_API_BASE_URL": "http://127.0.0.1:9",
        "PANDU_TEST_CLOCK": "1",
    }
    ahead = town.clock.now() - real_now()
    Path("data").mkdir(exist_ok=True)
    Path("data/clock.json").write_text(json.dumps({"offset": ahead.total_seconds(), "rate": 1}))
    done = CliRunner().invoke(pandu, command, env=environment, catch_exceptions=False)
    town.store.on_written(None)  # another process wrote: the bot finds out within a minute
    return done
