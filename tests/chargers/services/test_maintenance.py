"""Firmware, logs and customers' data: each notification has its effect on the row it belongs to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from accounts.models import AuditEntry
from chargers.domain.commands import Outcome, OutcomeStatus, UnpublishFirmware
from chargers.domain.messages import (
    BootNotification,
    FirmwareStatusNotification,
    LogStatusNotification,
    NotifyCustomerInformation,
    PublishFirmwareStatusNotification,
)
from chargers.exceptions import UnableToCommand
from chargers.models import (
    ChargingStation,
    CustomerInformation,
    FirmwareUpdate,
    LogUpload,
    StationCommand,
    StationJob,
)
from chargers.services import command_queue
from chargers.services.maintenance import requests
from common.tenancy import system_scope
from tests.chargers.services.conversation import Conversation, at
from tests.factories import ACTOR, NOW, StationFactory

pytestmark = pytest.mark.django_db

IMAGE = "https://user:hunter2@images.example.org/fw-2.0.bin"
ACCEPTED = Outcome(status=OutcomeStatus.ACCEPTED, raw_status="Accepted")


@pytest.fixture
def talk() -> Conversation:
    return Conversation.begin(protocol="ocpp2.0.1", firmware_version="1.0")


def ask(station: ChargingStation, **values: Any) -> StationCommand:
    with system_scope("tests"):
        return requests.update_firmware(station=station, url=IMAGE, **{"now": NOW, **values})


def answer(command: StationCommand, outcome: Outcome = ACCEPTED, minutes: float = 0.5) -> bool:
    return command_queue.finish(command_id=command.pk, outcome=outcome, now=at(minutes))


def only(model: type[StationJob]) -> Any:
    with system_scope("tests"):
        return model._default_manager.get()


def steps(job: StationJob) -> list[str]:
    return [entry["status"] for entry in job.history]


def firmware(status: str, request_id: int | None) -> FirmwareStatusNotification:
    return FirmwareStatusNotification(status=status, request_id=request_id)


def boot(version: str) -> BootNotification:
    return BootNotification(vendor="Volta", model="V1", firmware_version=version)


def test_an_update_from_the_wish_to_the_next_boot(talk: Conversation) -> None:
    command = ask(talk.station, actor=ACTOR)
    job = only(FirmwareUpdate)
    assert (job.state, job.status, job.version_before) == ("open", "", "1.0")
    assert (job.url, job.is_signed) == ("https://***@images.example.org/fw-2.0.bin", False)
    number = command.arguments["request_id"]
    answer(command)
    for minute, word in enumerate(["Downloading", "Downloaded", "Installing", "Installed"], 1):
        talk.say(firmware(word, number), received=at(minute))
        talk.say(firmware(word, number), received=at(minute + 0.5))
    job = only(FirmwareUpdate)
    assert steps(job) == ["Accepted", "Downloading", "Downloaded", "Installing", "Installed"]
    assert job.history[1]["at"] == at(1).isoformat()
    assert (job.state, job.status, job.finished_at) == ("succeeded", "Installed", at(4))
    talk.say(boot("2.0"), received=at(6))
    job = only(FirmwareUpdate)
    assert (job.version_after, job.finished_at) == ("2.0", at(4))
    assert [p["status"] for k, p in talk.events() if k == "status_reported"][-1] == "Installed"


def test_the_password_of_a_server_is_kept_until_it_was_sent(talk: Conversation) -> None:
    command = ask(talk.station, actor=ACTOR)
    assert command.arguments["url"].startswith("sealed:")
    with system_scope("tests"):
        (taken,) = command_queue.take_queued(station_id=talk.station.pk, epoch=1, now=at(0.1))
        assert taken.arguments["url"] == IMAGE
        command.refresh_from_db()
        entry = AuditEntry.objects.get(action="station.update_firmware")
    assert command.arguments["url"] == "https://***@images.example.org/fw-2.0.bin"
    assert entry.changes["url"] == "https://***@images.example.org/fw-2.0.bin"


def test_a_boot_with_other_firmware_ends_what_was_under_way(talk: Conversation) -> None:
    command = ask(talk.station)
    answer(command)
    talk.say(boot("1.0"), received=at(1))
    talk.say(firmware("Installing", command.arguments["request_id"]), received=at(2))
    talk.say(boot("2.0"), received=at(4))
    job = only(FirmwareUpdate)
    assert (job.state, job.version_after, job.finished_at) == ("succeeded", "2.0", at(4))


def test_a_boot_before_the_download_ends_nothing(talk: Conversation) -> None:
    answer(ask(talk.station, retrieve_at=NOW + timedelta(days=2)))
    talk.say(boot("1.1"), received=at(4))
    job = only(FirmwareUpdate)
    assert (job.state, job.version_after) == ("open", "")


def test_a_failed_download_that_goes_on_is_open_again(talk: Conversation) -> None:
    number = ask(talk.station).arguments["request_id"]
    talk.say(firmware("DownloadFailed", number), received=at(1))
    assert only(FirmwareUpdate).state == "failed"
    talk.say(firmware("Downloading", number), received=at(2))
    job = only(FirmwareUpdate)
    assert (job.state, job.finished_at) == ("open", None)
    talk.say(firmware("InvalidSignature", number), received=at(3))
    assert (only(FirmwareUpdate).state, only(FirmwareUpdate).finished_at) == ("failed", at(3))


def test_idle_is_no_step(talk: Conversation) -> None:
    number = ask(talk.station).arguments["request_id"]
    talk.say(firmware("Idle", number), received=at(1))
    assert steps(only(FirmwareUpdate)) == []
    assert "status_reported" not in talk.kinds()


def test_without_numbers_the_latest_is_meant() -> None:
    """OCPP 1.6 names no request."""
    talk = Conversation.begin(protocol="ocpp1.6")
    first, second = ask(talk.station), ask(talk.station, now=at(0.5))
    talk.say(firmware("Downloaded", None), received=at(1))
    talk.say(firmware("Installed", None), received=at(2))
    talk.say(firmware("Installed", None), received=at(3))
    with system_scope("tests"):
        jobs = {job.command_id: job for job in FirmwareUpdate.objects.all()}
    assert (jobs[first.pk].state, jobs[first.pk].history) == ("open", [])
    assert steps(jobs[second.pk]) == ["Downloaded", "Installed"]
    assert jobs[second.pk].finished_at == at(2)


def test_numbers_of_another_station_have_no_effect(talk: Conversation) -> None:
    other = StationFactory.create(operator=talk.station.operator)
    number = ask(other).arguments["request_id"]
    with system_scope("tests"):
        requests.get_log(station=other, upload_url="ftp://h/x", now=NOW)
        log = LogUpload.objects.get()
    talk.say(firmware("Installed", number), received=at(1))
    talk.say(firmware("Installed", None), received=at(1))
    talk.say(LogStatusNotification(status="Uploaded", request_id=log.request_id), received=at(1))
    for model in (FirmwareUpdate, LogUpload):
        job = only(model)
        assert (job.station_id, job.state, job.history) == (other.pk, "open", [])


@pytest.mark.parametrize(
    ("status", "word", "shown"),
    [
        (OutcomeStatus.REJECTED, "InvalidCertificate", "InvalidCertificate"),
        (OutcomeStatus.NOT_SUPPORTED, "", "not_supported"),
    ],
)
def test_a_refused_update_has_failed(
    talk: Conversation, status: OutcomeStatus, word: str, shown: str
) -> None:
    answer(ask(talk.station), Outcome(status=status, raw_status=word))
    job = only(FirmwareUpdate)
    assert (job.state, job.status, job.finished_at) == ("failed", shown, at(0.5))


def test_no_answer_in_time_is_a_failure_until_the_station_goes_on(talk: Conversation) -> None:
    number = ask(talk.station).arguments["request_id"]
    command_queue.time_out_commands(now=at(5))
    assert (only(FirmwareUpdate).state, only(FirmwareUpdate).status) == ("failed", "timed_out")
    talk.say(firmware("Downloading", number), received=at(6))
    assert only(FirmwareUpdate).state == "open"


def test_an_update_that_takes_over_cancels_the_other(talk: Conversation) -> None:
    first = ask(talk.station)
    answer(first)
    second = ask(talk.station)
    answer(second, Outcome(status=OutcomeStatus.ACCEPTED, raw_status="AcceptedCanceled"))
    with system_scope("tests"):
        states = dict(FirmwareUpdate.objects.values_list("command_id", "state"))
    assert states == {first.pk: "cancelled", second.pk: "open"}


def test_a_publication_and_its_withdrawal(talk: Conversation) -> None:
    with system_scope("tests"):
        command = requests.publish_firmware(
            station=talk.station, url=IMAGE, checksum="aB" * 16, now=NOW
        )
    answer(command)
    number = command.arguments["request_id"]
    talk.say(firmware("Installed", number), received=at(1))
    assert steps(only(FirmwareUpdate)) == ["Accepted"]
    published = PublishFirmwareStatusNotification(
        status="Published", request_id=number, locations=("ftp://10.0.0.2/fw",)
    )
    talk.say(published, received=at(2))
    job = only(FirmwareUpdate)
    assert (job.state, job.locations) == ("succeeded", ["ftp://10.0.0.2/fw"])
    with system_scope("tests"):
        withdrawal = requests.unpublish_firmware(
            station=talk.station, checksum="Ab" * 16, now=at(3)
        )
    assert withdrawal.kind == UnpublishFirmware.kind
    answer(withdrawal, Outcome(status=OutcomeStatus.ACCEPTED, raw_status="Unpublished"), 3)
    assert steps(only(FirmwareUpdate)) == ["Accepted", "Published", "Unpublished"]


def test_a_log_upload(talk: Conversation) -> None:
    with system_scope("tests"):
        command = requests.get_log(
            station=talk.station, upload_url="ftp://u:p@logs.example/x", now=NOW
        )
    detail = {"filename": "log-1.zip"}
    answer(command, Outcome(status=OutcomeStatus.ACCEPTED, raw_status="Accepted", detail=detail))
    number = command.arguments["request_id"]
    for minute, word in enumerate(["Uploading", "Uploaded"], 1):
        talk.say(LogStatusNotification(status=word, request_id=number), received=at(minute))
    job = only(LogUpload)
    assert (job.url, job.filename) == ("ftp://***@logs.example/x", "log-1.zip")
    assert steps(job) == ["Accepted", "Uploading", "Uploaded"]
    assert (job.state, job.finished_at) == ("succeeded", at(2))


@pytest.mark.parametrize(
    "word", ["BadMessage", "PermissionDenied", "UploadFailure", "UploadFailed"]
)
def test_an_upload_fails(talk: Conversation, word: str) -> None:
    with system_scope("tests"):
        requests.get_log(station=talk.station, upload_url="ftp://h/x", now=NOW)
    talk.say(LogStatusNotification(status=word), received=at(1))
    assert (only(LogUpload).state, only(LogUpload).status) == ("failed", word)


def customer(talk: Conversation, **values: Any) -> StationCommand:
    wish = {"report": True, "clear": False, "id_token_uid": "04A2", **values}
    with system_scope("tests"):
        return requests.request_customer_information(station=talk.station, now=NOW, **wish)


def piece(number: int, seq_no: int, data: str, *, is_last: bool) -> NotifyCustomerInformation:
    return NotifyCustomerInformation(request_id=number, seq_no=seq_no, data=data, is_last=is_last)


def test_a_report_about_a_customer_comes_in_pieces(talk: Conversation) -> None:
    command = customer(talk)
    answer(command)
    number = command.arguments["request_id"]
    talk.say(piece(number, 1, "cache", is_last=False), received=at(1))
    talk.say(piece(number, 0, "list, ", is_last=False), received=at(1))
    talk.say(piece(number, 1, "cache", is_last=False), received=at(1))
    assert (only(CustomerInformation).data, only(CustomerInformation).state) == ("", "open")
    for minute in (2, 3):
        talk.say(piece(number, 2, ".", is_last=True), received=at(minute))
    job = only(CustomerInformation)
    assert (job.data, job.parts, job.state) == ("list, cache.", {}, "succeeded")
    assert job.finished_at == at(2)


def test_a_customer_is_forgotten_with_the_answer(talk: Conversation) -> None:
    command = customer(talk, report=False, clear=True)
    answer(command)
    job = only(CustomerInformation)
    assert (job.is_clear, job.state, job.finished_at) == (True, "succeeded", at(0.5))


def test_what_nobody_asked_about_a_person_is_not_kept(talk: Conversation) -> None:
    other = Conversation.begin(operator=talk.station.operator)
    number = customer(other).arguments["request_id"]
    talk.say(piece(number, 0, "secret", is_last=True), received=at(1))
    job = only(CustomerInformation)
    assert (job.station_id, job.data, job.parts) == (other.station.pk, "", {})


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({"url": "file:///etc/passwd"}, {"url"}),
        ({"retrieve_at": NOW - timedelta(days=1)}, {"retrieve_at"}),
        ({"install_at": NOW - timedelta(days=1)}, {"install_at"}),
        ({"signing_certificate": "PEM"}, {"signing_certificate", "signature"}),
        ({"signature": "c2ln"}, {"signing_certificate"}),
    ],
)
def test_a_wish_that_makes_no_sense_asks_nothing(
    talk: Conversation, values: dict[str, Any], errors: set[str]
) -> None:
    with system_scope("tests"):
        with pytest.raises(UnableToCommand) as refused:
            requests.update_firmware(
                station=talk.station, **{"url": "https://h/x", **values}, now=NOW
            )
        assert set(refused.value.errors) == errors
        assert StationCommand.objects.count() == FirmwareUpdate.objects.count() == 0


def test_a_signed_update(talk: Conversation, certificate_pem: str) -> None:
    command = ask(talk.station, signing_certificate=certificate_pem, signature="c2ln")
    assert command.arguments["signature"] == "c2ln"
    assert only(FirmwareUpdate).is_signed


@pytest.mark.parametrize(
    "values",
    [
        {"id_token_uid": "", "customer_identifier": ""},
        {"customer_identifier": "c-1"},
        {"report": False, "clear": False},
    ],
)
def test_a_question_about_nobody_or_nothing(talk: Conversation, values: dict[str, Any]) -> None:
    with pytest.raises(UnableToCommand):
        customer(talk, **values)
    with system_scope("tests"):
        assert CustomerInformation.objects.count() == 0


@pytest.fixture
def certificate_pem() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Maker")])
    builder = x509.CertificateBuilder(
        issuer_name=name,
        subject_name=name,
        public_key=key.public_key(),
        serial_number=1,
        not_valid_before=NOW,
        not_valid_after=NOW + timedelta(days=1),
    )
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()
