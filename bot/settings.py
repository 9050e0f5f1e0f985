"""Environment variables and `.env` -> Settings. A wrong one is told in one line: which, and why."""

import os
import re
from ipaddress import ip_address
from itertools import pairwise
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

TELEGRAM = "https://api.telegram.org"
SECRET_MIN_CHARACTERS = 32
SECRET_MIN_DIFFERENT = 10  # characters; upper and lower case counted as one
_TOKEN = re.compile(r"\d+:[\w-]+", re.ASCII)


class SettingsError(Exception):
    """A setting is missing or wrong. The message is one line: the setting, a colon, the reason."""


def _named(name: str) -> AliasChoices:
    return AliasChoices(name, name.lower())


class PackSettings(BaseSettings):
    """Which pack: all that is needed to read, check and draw SOPs, without a token, a key or a database."""

    model_config = SettingsConfigDict(
        env_file=os.environ.get("PANDU_ENV_FILE", ".env"),  # the demo has none: a real bot's is not for it
        env_file_encoding="utf-8",
        extra="ignore",
        env_ignore_empty=True,
        frozen=True,
    )

    pack: str = Field(default="rppsa_putra_utama", validation_alias=_named("PANDU_PACK"))
    data_dir: Path = Field(default=Path("data"), validation_alias=_named("PANDU_DATA_DIR"))


class Settings(PackSettings):
    """What the operator says. Secrets are never in its `repr`."""

    token: str = Field(default="", validation_alias=_named("TELEGRAM_BOT_TOKEN"), repr=False)
    api_base_url: str = Field(default=TELEGRAM, validation_alias=_named("TELEGRAM_API_BASE_URL"))
    database_url: str = Field(default="", validation_alias=_named("DATABASE_URL"), repr=False)
    database_lock_url: str = Field(default="", validation_alias=_named("DATABASE_LOCK_URL"), repr=False)
    secret_key: str = Field(validation_alias=_named("PANDU_SECRET_KEY"), repr=False)
    secret_key_old: str = Field(default="", validation_alias=_named("PANDU_SECRET_KEY_OLD"), repr=False)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", validation_alias=_named("PANDU_LOG_LEVEL")
    )
    webhook_url: str = Field(default="", validation_alias=_named("WEBHOOK_URL"))
    webhook_secret: str = Field(default="", validation_alias=_named("WEBHOOK_SECRET"), repr=False)
    webhook_host: str = Field(default="127.0.0.1", validation_alias=_named("WEBHOOK_HOST"))
    webhook_port: int = Field(default=8080, ge=1, le=65535, validation_alias=_named("WEBHOOK_PORT"))
    backup_dir: Path | None = Field(default=None, validation_alias=_named("PANDU_BACKUP_DIR"))
    health_port: int | None = Field(
        default=None, ge=1, le=65535, validation_alias=_named("PANDU_HEALTH_PORT")
    )
    log_format: Literal["text", "json"] = Field(default="text", validation_alias=_named("PANDU_LOG_FORMAT"))
    test_clock: bool = Field(default=False, validation_alias=_named("PANDU_TEST_CLOCK"))

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator("api_base_url")
    @classmethod
    def _is_http(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname or not _has_port(value):
            raise ValueError("must be an http:// or https:// address")
        if parts.query or parts.fragment:
            raise ValueError("must be an address without ? or #")
        return value.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _is_database(cls, value: str) -> str:
        if value:
            try:
                backend = make_url(value).get_backend_name()
            except ArgumentError:
                raise ValueError("is not a database address such as sqlite:///data/pandu.db") from None
            if backend not in ("sqlite", "postgresql", "postgres"):
                raise ValueError("must begin with sqlite:/// or postgresql://")
            if backend == "sqlite" and make_url(value).database in (None, "", ":memory:"):
                raise ValueError("names no file; write it like sqlite:///data/pandu.db")
        return value

    @field_validator("database_lock_url")
    @classmethod
    def _is_postgresql(cls, value: str) -> str:
        if value and not value.startswith(("postgresql", "postgres")):
            raise ValueError("must begin with postgresql://; SQLite needs none")
        return cls._is_database(value)

    @field_validator("secret_key")
    @classmethod
    def _is_long(cls, value: str) -> str:
        if len(value.strip()) < SECRET_MIN_CHARACTERS:
            raise ValueError(f"must have {SECRET_MIN_CHARACTERS} characters or more")
        if is_weak(value):
            raise ValueError("is too easy to guess: make one with openssl rand -base64 48")
        return value

    @field_validator("webhook_url")
    @classmethod
    def _is_web(cls, value: str) -> str:
        if value and (urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).hostname):
            raise ValueError("must be an https:// address")
        return value

    @property
    def secrets(self) -> tuple[str, ...]:
        """The present secret first, then earlier ones that rows may still carry."""
        old = self.secret_key_old.strip()
        # A secret may itself have spaces and commas: the whole counts, and what lies between them.
        pieces = [piece for piece in re.split(r"[,\s]+", old) if len(piece) >= SECRET_MIN_CHARACTERS]
        return (self.secret_key, *dict.fromkeys([old, *pieces])) if old else (self.secret_key,)

    @property
    def database(self) -> str:
        """`DATABASE_URL`, or the SQLite file in the data folder."""
        return self.database_url or f"sqlite:///{self.data_dir / 'pandu.db'}"

    @property
    def honours_test_clock(self) -> bool:
        """The clock may be moved only where no real Telegram can be meant."""
        return self.test_clock and is_loopback(self.api_base_url)

    def require_token(self) -> str:
        """The bot's token. Raises SettingsError when it is missing or can't be one."""
        if not self.token:
            raise SettingsError("TELEGRAM_BOT_TOKEN: is missing; BotFather gives one")
        official = self.api_base_url == TELEGRAM
        if re.search(r"[\s/?#]", self.token) or (official and _TOKEN.fullmatch(self.token) is None):
            raise SettingsError("TELEGRAM_BOT_TOKEN: does not look like a token of BotFather (123456:ABC...)")
        return self.token

    def require_webhook_secret(self) -> str:
        """The secret Telegram sends back with each update. Raises SettingsError."""
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", self.webhook_secret):
            raise SettingsError("WEBHOOK_SECRET: is needed with WEBHOOK_URL: 1-256 of A-Z a-z 0-9 _ -")
        return self.webhook_secret


def is_weak(secret: str) -> bool:
    """Whether few characters, or a few of them over and over, make it up: guessed long before it is tried out."""
    bare = secret.strip()
    if len(set(bare.lower())) < SECRET_MIN_DIFFERENT:
        return True
    repeats = any(bare == (bare[:n] * len(bare))[: len(bare)] for n in range(1, len(bare) // 2 + 1))
    steps = [ord(b) - ord(a) for a, b in pairwise(bare)]
    return repeats or sum(step in (-1, 0, 1) for step in steps) > len(steps) * 3 // 4


def _has_port(url: str) -> bool:
    """Whether the port, if any, is one."""
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False


def is_loopback(url: str) -> bool:
    """Whether `url` leads to this machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def read_settings() -> Settings:
    """Settings from the environment and `.env`.

    Raises:
        SettingsError: the first setting that is wrong.
    """
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError(_in_one_line(error)) from None
    except UnicodeDecodeError:
        raise SettingsError(".env: is not UTF-8 text") from None


def read_pack_settings() -> PackSettings:
    """PANDU_PACK and PANDU_DATA_DIR from the environment or `.env`, whatever the other settings are.

    Raises:
        SettingsError: `.env` is no text.
    """
    try:
        return PackSettings()
    except UnicodeDecodeError:
        raise SettingsError(".env: is not UTF-8 text") from None


def _in_one_line(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    name = str(first["loc"][0]).upper() if first["loc"] else "settings"
    if first["type"] == "missing":
        reason = "is missing"
        if name == "PANDU_SECRET_KEY":
            reason += f"; any text of {SECRET_MIN_CHARACTERS} characters or more, kept safe"
    else:
        reason = first["msg"].removeprefix("Value error, ").replace("\n", " ")
    return f"{name}: {reason}"
