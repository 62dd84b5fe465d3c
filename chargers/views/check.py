"""The public check of signed meter values: for drivers, without log-in, under the host's brand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import remote_address
from accounts.middleware import host_operator_id
from accounts.policy import public_view
from chargers import ocmf
from chargers.forms.signed_values import CheckForm
from chargers.models import SessionMeterCheck
from chargers.selectors.signed_values import (
    meter_check_by_token,
    signed_values,
    transparency_file,
)
from chargers.views.signed_values import pair_rows, shown_values, stored_pair, verdict_view
from common.clock import utc_now
from common.counting import within_limit
from common.tenancy import operator_scope, system_scope

CALLS_PER_MINUTE = 30
MAX_DOCUMENTS = 50
_NO_FACTS = ocmf.SessionFacts(energy_wh=None, started_at=None, ended_at=None)


@dataclass(frozen=True, slots=True)
class CheckedText:
    """One document of a pasted text: its state (a key of `common.states`) and why."""

    state: str
    label: str
    reason: str
    document: ocmf.Document | None = None

    @property
    def payload(self) -> ocmf.Payload | None:
        return self.document.payload if self.document else None


@public_view
@require_http_methods(["GET", "POST"])
def check_page(request: HttpRequest) -> HttpResponse:
    if request.method == "GET":
        return render(request, "check/form.html", {"form": CheckForm()})
    if not _may_call(request):
        return _too_many(request)
    form = CheckForm(request.POST)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        context |= check_text(form.cleaned_data["text"], form.cleaned_data["key"])
    return render(request, "check/form.html", context)


def check_text(text: str, key: str) -> dict[str, Any]:
    """What a pasted text is worth, from nothing but the text and the key.

    Returns:
        Context of the page: `texts`, and with more than one document `judgement`, `pair`.
    """
    found = [_checked(one, key) for one in ocmf.unwrap(text)[:MAX_DOCUMENTS]]
    values = [
        ocmf.SignedValue(
            document=checked.document,
            context="",
            verdict=_VERDICTS.get(checked.state),
            key="" if fingerprint is None else fingerprint,
        )
        for checked, fingerprint in found
        if checked.document is not None
    ]
    judgement = ocmf.judge(values, _NO_FACTS)
    return {
        "texts": [checked for checked, _fingerprint in found],
        "verdict": _verdict([checked for checked, _fingerprint in found], judgement),
        "pair": pair_rows(judgement),
        "findings": judgement.findings,
    }


_VERDICTS = {"available": ocmf.Verdict.VALID, "faulted": ocmf.Verdict.INVALID}


def _verdict(texts: list[CheckedText], judgement: ocmf.Judgement) -> dict[str, str]:
    states = {one.state for one in texts}
    if "faulted" in states or judgement.findings:
        return verdict_view("invalid")
    if states == {"available"}:
        return verdict_view("valid")
    return verdict_view("unverified")


def _checked(one: ocmf.Unwrapped, typed: str) -> tuple[CheckedText, str | None]:
    if one.format != "ocmf":
        reason = _("This is no OCMF text. Other formats are checked by their makers' software.")
        return CheckedText("warning", _("Not checked"), reason), None
    try:
        document = ocmf.parse(one.text)
    except ocmf.OcmfError as error:
        return CheckedText("faulted", _("Invalid"), str(error)), None
    text = typed.strip() or one.public_key
    if not text:
        reason = _("Enter the public key of the meter to have the signature checked.")
        return CheckedText("warning", _("Not checked"), reason, document), None
    try:
        key = ocmf.read_key(text)
    except ocmf.KeyUnreadableError as error:
        return CheckedText("warning", _("Not checked"), str(error), document), None
    verification = ocmf.verify(document, key)
    state, label = _SHOWN[verification.verdict]
    return CheckedText(state, label, verification.reason, document), key.fingerprint


_SHOWN = {
    ocmf.Verdict.VALID: ("available", "Valid"),
    ocmf.Verdict.INVALID: ("faulted", "Invalid"),
    ocmf.Verdict.UNSUPPORTED: ("warning", "Not checked"),
}


@public_view
@require_GET
def check_session(request: HttpRequest, token: str) -> HttpResponse:
    check = _check_or_404(request, token)
    if check is None:
        return _too_many(request)
    transaction = check.transaction
    zone = transaction.location.time_zone
    with operator_scope(check.operator_id), timezone.override(zone):
        context = {
            "check": check,
            "token": token,
            "verdict": verdict_view(check.verdict),
            "pair": stored_pair(check),
            "values": shown_values(signed_values(transaction.pk)),
            "transaction": transaction,
            "zone": zone,
        }
        return _private(render(request, "check/session.html", context))


@public_view
@require_GET
def check_file(request: HttpRequest, token: str) -> HttpResponse:
    check = _check_or_404(request, token)
    if check is None:
        return _too_many(request)
    with operator_scope(check.operator_id):
        values = signed_values(check.transaction_id)
    response = HttpResponse(transparency_file(token, values), content_type="application/xml")
    response["Content-Disposition"] = 'attachment; filename="signed-meter-values.xml"'
    return _private(response)


def _check_or_404(request: HttpRequest, token: str) -> SessionMeterCheck | None:
    """The check behind a link; None for who asks too often."""
    if not _may_call(request):
        return None
    with system_scope("a public link names its session by a token that nobody can guess"):
        check = meter_check_by_token(token, operator_id=host_operator_id(request))
    if check is None:
        raise Http404
    return check


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _may_call(request: HttpRequest) -> bool:
    name = f"check:used:{remote_address(request)}"
    return within_limit(name, limit=CALLS_PER_MINUTE, now=utc_now())


def _too_many(request: HttpRequest) -> HttpResponse:
    response = render(request, "check/too_many.html", status=429)
    response["Retry-After"] = "60"
    return response
