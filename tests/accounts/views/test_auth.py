"""Log-in, log-out and passwords, by e-mail and host."""

from __future__ import annotations

import re
from typing import Any
from unittest.mock import patch

import pytest
from django.core import mail
from django.test import Client
from pytest_django import Settings

from accounts.backends import HostAwareBackend
from accounts.identity import possible_usernames, username_of
from accounts.models import Operator, User
from tests.accounts.factories import PASSWORD, make_member, make_operator, make_user
from tests.branding.factories import make_brand

pytestmark = pytest.mark.django_db

LOGIN = "/account/login/"
HOST = "lumo.example"
MISMATCH = "The e-mail and the password do not match."


@pytest.fixture(autouse=True)
def _hosts(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["*"]


def _log_in(client: Client, email: str, password: str = PASSWORD, **extra: Any) -> Any:
    return client.post(LOGIN, {"login": email, "password": password}, **extra)


def _driver_user(operator: Operator, email: str, password: str = PASSWORD) -> User:
    return make_user(
        email, password=password, operator=operator, username=username_of(email, operator.pk)
    )


def _user_id(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


def test_staff_log_in_by_e_mail_in_any_case(client: Client) -> None:
    user = make_member(make_operator(), email="ida@example.org", password=PASSWORD)
    response = _log_in(client, "  Ida@Example.ORG ")
    assert (response.status_code, response.url) == (302, "/")
    assert _user_id(client) == str(user.pk)


def test_the_page_asks_for_an_e_mail(client: Client) -> None:
    page = client.get(LOGIN).content.decode()
    assert re.search(r'<input type="email" name="login"[^>]*autocomplete="username"', page)
    assert "E-mail" in page
    assert "sign up" not in page.lower()


@pytest.mark.parametrize(
    ("email", "password"),
    [("ida@example.org", "wrong"), ("nobody@example.org", PASSWORD), ("off@example.org", PASSWORD)],
    ids=["wrong", "unknown", "inactive"],
)
def test_every_failure_looks_the_same(client: Client, email: str, password: str) -> None:
    make_user("ida@example.org", password=PASSWORD)
    make_user("off@example.org", password=PASSWORD, is_active=False)
    response = _log_in(client, email, password)
    assert response.status_code == 200
    assert MISMATCH in response.content.decode()
    assert _user_id(client) is None


@pytest.mark.parametrize("email", ["ida@example.org", "nobody@example.org", "new@example.org"])
@pytest.mark.parametrize("operator_id", [None, "host"])
def test_every_failure_costs_the_same_hashes(email: str, operator_id: str | None) -> None:
    operator = make_operator()
    make_user("ida@example.org", password=PASSWORD)
    make_user("new@example.org")
    request: Any = None
    if operator_id:
        request = type("R", (), {"brand": type("B", (), {"operator_id": operator.pk})})
    with patch("django.contrib.auth.hashers.MD5PasswordHasher.encode", return_value="x") as encode:
        assert HostAwareBackend().authenticate(request, username=email, password="no") is None
    assert encode.call_count == (2 if operator_id else 1)


def test_a_driver_logs_in_on_the_operators_host_only(client: Client) -> None:
    operator = make_operator()
    make_brand(operator, HOST)
    driver = _driver_user(operator, "dana@example.org")
    assert MISMATCH in _log_in(client, "dana@example.org").content.decode()
    other = make_operator()
    make_brand(other, "other.example")
    refused = _log_in(client, "dana@example.org", headers={"host": "other.example"})
    assert MISMATCH in refused.content.decode()
    assert _user_id(client) is None
    _log_in(client, "dana@example.org", headers={"host": HOST})
    assert _user_id(client) == str(driver.pk)


def test_one_e_mail_two_people_the_password_tells(client: Client) -> None:
    operator = make_operator()
    make_brand(operator, HOST)
    driver = _driver_user(operator, "ida@example.org", "the-drivers-passphrase")
    staff = make_member(operator, email="ida@example.org", password="the-staffs-passphrase")
    _log_in(client, "ida@example.org", "the-staffs-passphrase", headers={"host": HOST})
    assert _user_id(client) == str(staff.pk)
    client.logout()
    _log_in(client, "ida@example.org", "the-drivers-passphrase", headers={"host": HOST})
    assert _user_id(client) == str(driver.pk)


def test_a_log_in_name_cannot_be_typed_past_the_host(client: Client) -> None:
    operator = make_operator()
    _driver_user(operator, "dana@example.org")
    response = _log_in(client, f"{operator.pk}:dana@example.org")
    assert response.status_code == 200
    assert _user_id(client) is None


def test_a_stranger_cannot_lock_the_owner_out(client: Client) -> None:
    user = make_user("ida@example.org", password=PASSWORD)
    for _ in range(8):
        last = _log_in(client, "ida@example.org", "guess", REMOTE_ADDR="192.0.2.66")
    assert "Too many attempts" in last.content.decode()
    assert _user_id(client) is None
    _log_in(client, "ida@example.org", REMOTE_ADDR="198.51.100.7")
    assert _user_id(client) == str(user.pk)


def test_logging_out_takes_a_post(client: Client) -> None:
    client.force_login(make_user())
    assert client.get("/account/logout/").status_code == 200
    assert _user_id(client) is not None
    assert client.post("/account/logout/").status_code == 302
    assert _user_id(client) is None


def _ask_for_reset(client: Client, email: str, host: str = "testserver") -> str:
    response: Any = client.post(
        "/account/password/reset/", {"email": email}, headers={"host": host}
    )
    assert (response.status_code, response.url) == (302, "/account/password/reset/done/")
    return client.get(response.url, headers={"host": host}).content.decode()


def test_a_reset_says_the_same_for_known_and_unknown(client: Client) -> None:
    make_user("ida@example.org", password=PASSWORD)
    make_user("off@example.org", password=PASSWORD, is_active=False)
    pages = [
        re.sub(r'nonce="[^"]*"|value="[^"]*"', "", _ask_for_reset(client, email))
        for email in ("Ida@example.org", "nobody@example.org", "off@example.org")
    ]
    assert pages[0] == pages[1] == pages[2]
    assert [message.to for message in mail.outbox] == [["ida@example.org"]]


def test_a_reset_link_sets_a_password_once(client: Client) -> None:
    user = make_user("ida@example.org", password=PASSWORD, full_name="Ida Krogh")
    _ask_for_reset(client, "ida@example.org")
    found = re.search(
        r"http://testserver(/account/password/reset/key/\S+)", str(mail.outbox[0].body)
    )
    assert found is not None
    form = client.get(found[1], follow=True)
    url = form.redirect_chain[-1][0]
    new = "another-long-passphrase"
    assert client.post(url, {"password1": new, "password2": new}).status_code == 302
    user.refresh_from_db()
    assert user.check_password(new)
    again = Client().get(found[1], follow=True)
    assert "This link no longer works" in again.content.decode()


def test_a_weak_password_is_refused(client: Client) -> None:
    user = make_user("ida@example.org", password=PASSWORD)
    client.force_login(user)
    data = {"oldpassword": PASSWORD, "password1": "short", "password2": "short"}
    response = client.post("/account/password/change/", data)
    assert response.status_code == 200
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_a_reset_looks_at_the_host(client: Client) -> None:
    operator = make_operator()
    make_brand(operator, HOST, support_email="help@lumo.example")
    _driver_user(operator, "dana@example.org")
    _ask_for_reset(client, "dana@example.org")
    assert mail.outbox == []
    _ask_for_reset(client, "dana@example.org", HOST)
    message = mail.outbox[0]
    assert message.to == ["dana@example.org"]
    assert message.from_email.startswith(f"{operator.name} <") or operator.name in (
        message.from_email
    )
    assert message.reply_to == ["help@lumo.example"]
    assert f"http://{HOST}/account/password/reset/key/" in message.body


def test_the_names_behind_an_e_mail() -> None:
    operator = make_operator()
    assert possible_usernames(" A@b.C ", None) == ("a@b.c",)
    assert possible_usernames("A@b.C", operator.pk) == (f"{operator.pk}:a@b.c", "a@b.c")
