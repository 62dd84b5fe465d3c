"""Orders about certificates, of OCPP 2.0.1 and of the security extension of 1.6."""

from __future__ import annotations

from collections.abc import Callable

from chargers.domain.certificates import HashAlgorithm, HashData
from chargers.simulator.certificates import CLIENT
from chargers.simulator.commands import CommandDesk
from chargers.simulator.neutral import Json, Raw

Trigger = Callable[[Json, CommandDesk], Json]

USES_16 = {
    "CentralSystemRootCertificate": "CSMSRootCertificate",
    "ManufacturerRootCertificate": "ManufacturerRootCertificate",
}
SIGNING = {
    "SignChargePointCertificate": CLIENT,
    "SignChargingStationCertificate": CLIENT,
    "SignV2GCertificate": "V2GCertificate",
}


def sign_soon(desk: CommandDesk, use: str, *, names_use: bool) -> Json:
    """Make a key pair and ask for its certificate once the present answer is out."""

    async def ask() -> None:
        csr = desk.certificates.make_request(desk.host.identity, use=use)
        payload = {"csr": csr, **({"certificateType": use} if names_use else {})}
        desk.host.post([Raw("SignCertificate", payload)])
        await desk.host.flush()

    desk.host.soon(ask)
    return {"status": "Accepted"}


def signing_or(trigger: Trigger, *, names_use: bool) -> Trigger:
    """A trigger handler that knows of requests, too."""

    def handle(payload: Json, desk: CommandDesk) -> Json:
        use = SIGNING.get(payload["requestedMessage"])
        if use is None:
            return trigger(payload, desk)
        return sign_soon(desk, use, names_use=names_use)

    return handle


def certificate_signed(payload: Json, desk: CommandDesk) -> Json:
    taken = desk.certificates.take_chain(
        payload["certificateChain"],
        use=payload.get("certificateType", CLIENT),
        now=desk.host.clock.now(),
    )
    return {"status": "Accepted" if taken else "Rejected"}


def install_certificate(payload: Json, desk: CommandDesk) -> Json:
    use: str = payload["certificateType"]
    taken = desk.certificates.install(USES_16.get(use, use), payload["certificate"])
    return {"status": "Accepted" if taken else "Rejected"}


def delete_certificate(payload: Json, desk: CommandDesk) -> Json:
    deleted = desk.certificates.delete(_decode(payload["certificateHashData"]))
    return {"status": "Accepted" if deleted else "NotFound"}


def installed_ids_16(payload: Json, desk: CommandDesk) -> Json:
    wanted = USES_16[payload["certificateType"]]
    found = [_encode(data) for use, data, _ in desk.certificates.held() if use == wanted]
    if not found:
        return {"status": "NotFound"}
    return {"status": "Accepted", "certificateHashData": found}


def installed_ids_201(payload: Json, desk: CommandDesk) -> Json:
    wanted = payload.get("certificateType")
    chains = [
        _chain(use, data, children)
        for use, data, children in desk.certificates.held()
        if wanted is None or use in wanted
    ]
    if not chains:
        return {"status": "NotFound"}
    return {"status": "Accepted", "certificateHashDataChain": chains}


def _chain(use: str, data: HashData, children: list[HashData]) -> Json:
    chain: Json = {"certificateType": use, "certificateHashData": _encode(data)}
    if children:
        chain["childCertificateHashData"] = [_encode(child) for child in children]
    return chain


def _encode(data: HashData) -> Json:
    return {
        "hashAlgorithm": data.algorithm.value,
        "issuerNameHash": data.issuer_name_hash,
        "issuerKeyHash": data.issuer_key_hash,
        "serialNumber": data.serial_number,
    }


def _decode(raw: Json) -> HashData:
    return HashData(
        algorithm=HashAlgorithm(raw["hashAlgorithm"]),
        issuer_name_hash=raw["issuerNameHash"],
        issuer_key_hash=raw["issuerKeyHash"],
        serial_number=raw["serialNumber"],
    )


COMMON: dict[str, Callable[[Json, CommandDesk], Json]] = {
    "CertificateSigned": certificate_signed,
    "DeleteCertificate": delete_certificate,
    "InstallCertificate": install_certificate,
}
HANDLERS_16 = {**COMMON, "GetInstalledCertificateIds": installed_ids_16}
HANDLERS_201 = {**COMMON, "GetInstalledCertificateIds": installed_ids_201}
