import pytest

from backend.identity import passwords
from backend.identity.models import Account
from backend.identity.strength import easy_to_guess

ABOUT = ("siti.contoh", "Siti Contoh, S.Sos.", "198001012005012003")


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "pendek",
        "aaaaaaaaaaaaaa",
        "abababababab",
        "1234567890123",
        "qwertyuiop123",
        "Password1234!",
        "P@ssw0rd2026!!",
        "indonesia2026",
        "Bismillah123",
        "rahasiaku1945",
        "siti.contoh123",
        "Contoh198001012005",
        "198001012005012003",
        "abcdefghijklmn",
    ],
)
def test_it_finds_what_is_easy_to_guess(secret):
    assert easy_to_guess(secret, *ABOUT)


@pytest.mark.parametrize(
    "secret",
    [
        "perahu kertas di muara",
        "layang-layang di sawah",
        "kTq7vXw2mZ9p",
        "empat kambing makan pisang",
        "ꦲꦏ꧀ꦱꦫꦗꦮꦤ꧀ꦤꦱꦏꦃ",
        "7-Mangga;Ranum",
    ],
)
def test_it_lets_long_and_surprising_ones_pass_whatever_their_form(secret):
    assert not easy_to_guess(secret, *ABOUT)


def test_passwords_are_kept_as_argon2id_with_the_recommended_cost():
    hashed = passwords.hash_password("perahu kertas di muara")
    assert hashed.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    account = Account(password_hash=hashed)
    assert passwords.matches(account, "perahu kertas di muara")
    assert not passwords.matches(account, "perahu kertas di muara ")
    assert not passwords.matches(None, "perahu kertas di muara")
    assert not passwords.matches(Account(password_hash=passwords.NOBODY), passwords.NOBODY)
