"""Settings of one installation, read from the environment."""

from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Every setting has a default that works on one machine; names are the environment's."""

    model_config = SettingsConfigDict(env_prefix="CENTANG_", extra="ignore", frozen=True)

    home: Path = Path("var")
    database_url: str | None = Field(None, validation_alias="DATABASE_URL")
    database_owner_url: str | None = Field(None, validation_alias="DATABASE_OWNER_URL")
    """The role that owns the tables (migrations, backups), where DATABASE_URL's does not."""
    host: str = "0.0.0.0"  # noqa: S104 (over plain http, other machines get an explanation only)
    """Address to listen on, or `unix:/path` behind a proxy on the same machine."""
    port: int = Field(8080, validation_alias="PORT")
    https: bool = Field(False, validation_alias="HTTPS")
    demo: bool = Field(True, validation_alias="DEMO")
    public_url: str | None = None
    """Where citizens reach this installation; stands in QR codes and certificates for ever."""
    web_processes: int = 2
    web_threads: int = 8
    blob_url: str | None = None
    """An obstore URL such as s3://bucket/prefix; a folder below home otherwise."""
    upload_limit_bytes: int = 50 * 1024 * 1024
    signer_key: str = "ecdsa-p256"
    """Algorithm of new signer keys: ecdsa-p256 or rsa-3072."""
    vault: Literal["software", "pkcs11"] = "software"
    """Where new keys are made. Older ones stay in the vault they were made in."""
    pkcs11_module: Path | None = None
    """The PKCS#11 library of a hardware security module, such as libsofthsm2.so."""
    tsa_url: str | None = None
    """An RFC 3161 service; the embedded one otherwise."""
    ageing_algorithms: dict[str, date] = {"rsa-2048": date(2030, 12, 31)}
    """Until when the keys of time stamps count as strong; archives are stamped anew a year before.

    112 bits of strength are acceptable through 2030 (NIST SP 800-57 part 1, table 4).
    """
    issuer: Literal["process", "inline"] = "process"
    """Where the issuing key is used: in a process of its own, or in this one (tests)."""
    desk: Literal["worker", "inline"] = "worker"
    """Where signers' keys are unlocked: in the worker, or in the process that was asked (tests)."""
    issuer_socket_path: Path | None = None
    issuer_callers: tuple[int, ...] = ()
    """User ids that the issuer process hears besides its own."""
    push_hosts: tuple[str, ...] = (
        "fcm.googleapis.com",
        "jmt17.google.com",  # Chromium as Linux distributions build it
        "*.push.services.mozilla.com",
        "*.notify.windows.com",
        "web.push.apple.com",
    )
    """Hosts a push endpoint may have (guards against request forgery)."""
    push_contact_url: str | None = None
    """An https or mailto URL under which push services reach whoever runs this installation."""
    fcm_account_file: Path | None = None
    """A Firebase service account's key (JSON), absolute or below home; switches FCM on."""
    google_credentials: Path | None = Field(None, validation_alias="GOOGLE_APPLICATION_CREDENTIALS")
    """The same under the name that Google's tools know."""
    smtp_host: str | None = None
    """The agency's mail server; switches e-mail on for those whose phones cannot be rung."""
    smtp_port: int = 587
    smtp_tls: Literal["starttls", "tls", "none"] = "starttls"
    smtp_sender: str = "Centang <centang@localhost>"
    smtp_username: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_password_file: Path | None = None
    """Instead of the password itself: a file that holds it."""
    smtp_ca_file: Path | None = None
    """PEM of the authority that vouches for the mail server, where it is the agency's own."""
    bsre_url: str | None = None
    """The agency's E-Sign Client Service, such as https://esign.contoh.go.id."""
    bsre_username: str = ""
    bsre_password: SecretStr = SecretStr("")
    bsre_password_file: Path | None = None
    """Instead of the password itself: a file that holds it."""
    bsre_ca_file: Path | None = None
    """PEM of the authority that vouches for the service's address, where it is the agency's own."""
    bsre_seconds: float = 60
    """How long one call may take."""
    trusted_proxies: int = 0
    new_device_delay_hours: int = 24
    log_level: str = "INFO"
    metrics_token: SecretStr | None = None
    """Bearer token for GET /metrics; without one, only this machine may read it."""

    @model_validator(mode="after")
    def _vault_has_its_module(self) -> Self:
        if self.vault == "pkcs11" and self.pkcs11_module is None:
            raise ValueError("CENTANG_VAULT=pkcs11 needs CENTANG_PKCS11_MODULE")
        return self

    @cached_property
    def root(self) -> Path:
        """CENTANG_HOME, absolute: every byte of state lives below it."""
        return self.home.expanduser().absolute()

    @property
    def origin(self) -> str:
        """Scheme, host and port under which this installation is reached, without a slash."""
        if self.public_url:
            return self.public_url.rstrip("/")
        scheme = "https" if self.https else "http"
        return f"{scheme}://localhost:{self.port}"

    @property
    def bind(self) -> str:
        """Where the web server listens."""
        return self.host if self.host.startswith("unix:") else f"{self.host}:{self.port}"

    @property
    def push_contact(self) -> str:
        """The `sub` of VAPID tokens (RFC 8292 §2.1)."""
        if self.push_contact_url:
            return self.push_contact_url
        parts = urlsplit(self.origin)
        if parts.scheme == "https" and "." in (parts.hostname or ""):
            return f"https://{parts.hostname}"
        return "mailto:pengelola@localhost"

    @property
    def bsre_secret(self) -> SecretStr:
        """The password for the signing service. Raises OSError when its file cannot be read."""
        return _secret(self.bsre_password, self.bsre_password_file)

    @property
    def smtp_secret(self) -> SecretStr:
        """The password for the mail server. Raises OSError when its file cannot be read."""
        return _secret(self.smtp_password, self.smtp_password_file)

    @property
    def fcm_account(self) -> Path | None:
        """Where the Firebase service account's key lies; None where FCM is off."""
        named = self.fcm_account_file or self.google_credentials
        return self.root / named if named else None

    @property
    def secrets_dir(self) -> Path:
        """First-run secrets (master key, session key, authority keys), 0700."""
        return self.root / "secrets"

    @property
    def authority_dir(self) -> Path:
        """The authorities' keys; where the system allows, only the issuer process may read it."""
        return self.secrets_dir / "authority"

    @property
    def issuer_socket(self) -> Path:
        return self.issuer_socket_path or self.root / "run" / "issuer.sock"

    @property
    def desk_socket(self) -> Path:
        """Where the worker takes envelopes."""
        return self.root / "run" / "desk.sock"

    @property
    def tls_dir(self) -> Path:
        """The office network's TLS root and server certificate (HTTPS=1)."""
        return self.secrets_dir / "tls"

    @property
    def logs_dir(self) -> Path:
        return self.root / "log"

    @property
    def blobs_dir(self) -> Path:
        return self.root / "blobs"

    @property
    def uploads_dir(self) -> Path:
        """Files that come in pieces, until they are whole: they outlive a restart."""
        return self.root / "uploads"

    @property
    def scratch_dir(self) -> Path:
        """Unfinished uploads and sandboxed work; may be emptied at any start."""
        return self.root / "scratch"


def _secret(itself: SecretStr, file: Path | None) -> SecretStr:
    return itself if file is None else SecretStr(file.read_text(encoding="utf-8").strip())
