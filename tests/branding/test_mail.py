from __future__ import annotations

import re
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from pytest_django import Settings

from accounts.events import MemberInvited
from accounts.models import User
from branding.delivery import deliver_soon
from branding.handlers import send_invitation
from branding.mail import base_url, compose, sender_of
from branding.selectors import NEUTRAL, BrandView
from branding.tasks import deliver_mail
from tests.accounts.factories import NOW, PASSWORD, make_operator, make_user
from tests.branding.factories import make_brand

LUMO = BrandView(
    operator_id=uuid4(),
    name="Lumo",
    primary_color="#f5b301",
    support_email="help@lumo.example",
    host="lumo.example",
)


@pytest.fixture(autouse=True)
def _settings(settings: Settings) -> None:
    settings.PUBLIC_URL = "https://csms.example"
    settings.DEFAULT_FROM_EMAIL = "no-reply@csms.example"
    settings.ALLOWED_HOSTS = ["*"]


def _compose(brand: BrandView, name: str = "Ida Krogh") -> Any:
    user = User(full_name=name, email="ida@example.org")
    values = {"user": user, "url": "https://lumo.example/x"}
    return compose(brand=brand, to=user.email, template="password_reset", context=values)


def test_a_mail_looks_like_the_brand() -> None:
    message = _compose(LUMO)
    html = message.alternatives[0][0]
    assert message.subject == "Set a new password for Lumo"
    assert message.from_email == "Lumo <no-reply@csms.example>"
    assert message.reply_to == ["help@lumo.example"]
    assert message.body.startswith("Hello Ida,\n")
    assert "https://lumo.example/x" in message.body
    assert "background:#f5b301;color:#10151c" in html
    assert "{" not in message.body + re.sub(r"<style.*?</style>", "", html)


def test_names_are_escaped_in_html_and_plain_in_text() -> None:
    message = _compose(LUMO, name="<b>&")
    assert "Hello <b>&," in message.body
    assert "Hello &lt;b&gt;&amp;," in message.alternatives[0][0]


def test_a_name_cannot_add_a_header() -> None:
    brand = BrandView(operator_id=uuid4(), name="Lumo\nBcc: x@example.org")
    assert "\n" not in _compose(brand).subject


@pytest.mark.parametrize(
    ("brand", "sender", "url"),
    [
        (NEUTRAL, "Charging network <no-reply@csms.example>", "https://csms.example"),
        (LUMO, "Lumo <no-reply@csms.example>", "https://lumo.example"),
        (
            BrandView(
                uuid4(), "L", mail_from_name="Lumo Team", mail_from_address="hi@lumo.example"
            ),
            "Lumo Team <hi@lumo.example>",
            "https://csms.example",
        ),
    ],
)
def test_sender_and_links(brand: BrandView, sender: str, url: str) -> None:
    assert sender_of(brand) == sender
    assert base_url(brand) == url


@pytest.mark.django_db
def test_an_invitation_leads_to_a_first_password(client: Client) -> None:
    operator = make_operator(name="Lumo Charge")
    make_brand(operator, "lumo.example")
    user = make_user("new@example.org", full_name="New Person")
    event = MemberInvited(operator_id=operator.pk, subject_id=user.pk, invited_by="Ida Krogh")
    send_invitation(event, NOW)
    message = mail.outbox[0]
    assert message.to == ["new@example.org"]
    assert "Ida Krogh has given you access" in message.body
    found = re.search(r"https://lumo\.example(/account/password/reset/key/\S+)", str(message.body))
    assert found is not None
    form = client.get(found[1], follow=True)
    data = {"password1": PASSWORD, "password2": PASSWORD}
    assert client.post(form.redirect_chain[-1][0], data).status_code == 302
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


@pytest.mark.django_db
def test_who_has_a_password_is_asked_to_log_in() -> None:
    operator = make_operator()
    user = make_user(password=PASSWORD)
    send_invitation(MemberInvited(operator_id=operator.pk, subject_id=user.pk), NOW)
    assert "https://csms.example/account/login/" in mail.outbox[0].body


@pytest.mark.django_db
def test_nobody_is_written_to_who_is_gone() -> None:
    operator, gone = make_operator(), make_user(is_active=False)
    send_invitation(MemberInvited(operator_id=operator.pk, subject_id=gone.pk), NOW)
    send_invitation(MemberInvited(operator_id=operator.pk, subject_id=uuid4()), NOW)
    assert mail.outbox == []


def test_a_queued_mail_is_the_same_mail(settings: Settings) -> None:
    settings.EVENTS_WAKE_WORKERS = True
    with patch("branding.delivery.current_app.send_task") as send:
        deliver_soon(_compose(LUMO))
    assert mail.outbox == []
    deliver_mail(**send.call_args.kwargs["kwargs"])
    sent, expected = mail.outbox[0], _compose(LUMO)
    for name in ("subject", "body", "from_email", "to", "reply_to"):
        assert getattr(sent, name) == getattr(expected, name)
    assert isinstance(sent, EmailMultiAlternatives)
    assert sent.alternatives[0][0] == expected.alternatives[0][0]


def test_without_a_queue_the_mail_leaves_at_once(settings: Settings) -> None:
    settings.EVENTS_WAKE_WORKERS = True
    with patch("branding.delivery.current_app.send_task", side_effect=OSError):
        deliver_soon(_compose(LUMO))
    assert len(mail.outbox) == 1
