"""The demo regency's cast. Every office, name and number is invented and says so."""

from dataclasses import dataclass, field

from backend.organisation.models import MandateKind, Role

AGENCY = "Pemerintah Kabupaten Contoh"
SHORT_NAME = "Kabupaten Contoh"
CITY = "Kota Contoh"


@dataclass(frozen=True)
class DemoUnit:
    code: str
    name: str


@dataclass(frozen=True)
class DemoPerson:
    username: str
    name: str
    unit: str
    """Code of the unit where they sit."""
    title: str | None = None
    """The position held definitively, if any."""
    head_of_unit: bool = False
    roles: tuple[Role, ...] = ()
    cleared: bool = False
    """An operator for the unit's secret papers too."""
    civil_servant: bool = True
    """Elected officials have no NIP."""


@dataclass(frozen=True)
class DemoActing:
    """An acting mandate beside somebody's own position."""

    username: str
    unit: str
    title: str
    kind: MandateKind
    days: int = 180
    """How long it lasts from the day the demo is made."""


UNITS = (
    DemoUnit("BUPATI", "Bupati Contoh"),
    DemoUnit("SETDA", "Sekretariat Daerah"),
    DemoUnit("DISDIK", "Dinas Pendidikan"),
    DemoUnit("DINKES", "Dinas Kesehatan"),
    DemoUnit("BKAD", "Badan Keuangan dan Aset Daerah"),
    DemoUnit("DISKOMINFO", "Dinas Komunikasi dan Informatika"),
    DemoUnit("INSPEKTORAT", "Inspektorat Daerah"),
)


def _office(
    code: str,
    head: tuple[str, str],
    secretary: tuple[str, str],
    division: tuple[str, str],
    operators: tuple[str, str],
) -> tuple[DemoPerson, ...]:
    """An OPD: head, secretary and division head as (name, title), and two operators' names."""
    suffix = code.lower()
    return (
        DemoPerson(f"kepala.{suffix}", head[0], code, head[1], head_of_unit=True),
        DemoPerson(f"sekretaris.{suffix}", secretary[0], code, secretary[1]),
        DemoPerson(f"kabid.{suffix}", division[0], code, division[1]),
        DemoPerson(f"operator1.{suffix}", operators[0], code, roles=(Role.OPERATOR,), cleared=True),
        DemoPerson(f"operator2.{suffix}", operators[1], code, roles=(Role.OPERATOR,)),
    )


PEOPLE = (
    DemoPerson(
        "bupati",
        "H. Bagas Contoh, S.E.",
        "BUPATI",
        "Bupati Contoh",
        head_of_unit=True,
        civil_servant=False,
    ),
    DemoPerson(
        "sekda", "Dra. Mu’awanah Contoh, M.Si.", "SETDA", "Sekretaris Daerah", head_of_unit=True
    ),
    *_office(
        "DISDIK",
        ("Drs. Tirta Contoh, M.Pd.", "Kepala Dinas Pendidikan"),
        ("Laras Contoh, S.Sos., M.A.P.", "Sekretaris Dinas Pendidikan"),
        ("Gilang Contoh, S.Pd., M.M.", "Kepala Bidang Pembinaan Ketenagaan"),
        ("Sekar Contoh, A.Md.", "Danu Contoh, S.Kom."),
    ),
    *_office(
        "DINKES",
        ("dr. Kirana Contoh, M.Kes.", "Kepala Dinas Kesehatan"),
        ("Wira Contoh, S.K.M., M.K.M.", "Sekretaris Dinas Kesehatan"),
        ("drg. Nadia Contoh", "Kepala Bidang Pelayanan Kesehatan"),
        ("Arum Contoh, A.Md.Keb.", "Yoga Contoh, S.T."),
    ),
    *_office(
        "BKAD",
        ("Ir. Surya Contoh, M.Ak.", "Kepala Badan Keuangan dan Aset Daerah"),
        ("Melati Contoh, S.E., M.Si.", "Sekretaris Badan Keuangan dan Aset Daerah"),
        ("Bayu Contoh, S.E., Ak.", "Kepala Bidang Perbendaharaan"),
        ("Intan Contoh, S.Ak.", "Raka Contoh, A.Md."),
    ),
    DemoPerson(
        "verifikator1", "Anjani Contoh, S.Kom.", "DISKOMINFO", roles=(Role.REGISTRATION_OFFICER,)
    ),
    DemoPerson(
        "verifikator2", "Panji Contoh, S.T.", "DISKOMINFO", roles=(Role.REGISTRATION_OFFICER,)
    ),
    DemoPerson("auditor", "Ratna Contoh, S.E., CFrA.", "INSPEKTORAT", roles=(Role.AUDITOR,)),
    DemoPerson("pengelola", "Jaka Contoh, M.T.", "DISKOMINFO", roles=(Role.ADMINISTRATOR,)),
)

ACTING = (DemoActing("sekretaris.bkad", "SETDA", "Asisten Administrasi Umum", MandateKind.PLT),)

WORDS = [
    "angin",
    "awan",
    "bakau",
    "bambu",
    "batik",
    "belut",
    "benih",
    "biduk",
    "bintang",
    "bukit",
    "bulan",
    "bunga",
    "buritan",
    "cempaka",
    "cendana",
    "danau",
    "dayung",
    "delima",
    "embun",
    "fajar",
    "gading",
    "gamelan",
    "gelombang",
    "gerimis",
    "getek",
    "gula",
    "hujan",
    "hutan",
    "ikan",
    "jahe",
    "jambu",
    "jangkar",
    "jati",
    "kabut",
    "kacang",
    "kapal",
    "karang",
    "kayu",
    "kebun",
    "kelapa",
    "kemiri",
    "kenari",
    "keris",
    "kertas",
    "kolam",
    "kopi",
    "kuda",
    "kunang",
    "ladang",
    "lampu",
    "laut",
    "layar",
    "lebah",
    "lembah",
    "lesung",
    "lontar",
    "lumbung",
    "mangga",
    "manik",
    "mawar",
    "melati",
    "merpati",
    "mutiara",
    "nangka",
    "nelayan",
    "nyiur",
    "ombak",
    "padi",
    "pagar",
    "pala",
    "pandan",
    "pantai",
    "pasir",
    "payung",
    "pelangi",
    "pelita",
    "perahu",
    "permata",
    "pinang",
    "pohon",
    "pulau",
    "rakit",
    "rambutan",
    "randu",
    "ranting",
    "rawa",
    "rotan",
    "rumpun",
    "sagu",
    "salak",
    "sawah",
    "seruling",
    "sumur",
    "sungai",
    "surau",
    "suling",
    "talas",
    "taman",
    "tambak",
    "tanjung",
    "telaga",
    "teluk",
    "tembikar",
    "tenun",
    "teratai",
    "tikar",
    "tulip",
    "udang",
    "ukiran",
    "wayang",
    "waru",
]


@dataclass(frozen=True)
class DemoAccount:
    """How to sign in as somebody of the demo; printed in the terminal, stored nowhere."""

    username: str
    name: str
    unit: str
    title: str | None
    roles: tuple[str, ...]
    password: str = field(repr=False)
    totp_secret: str = field(repr=False)
