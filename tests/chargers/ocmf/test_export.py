from __future__ import annotations

from chargers.ocmf import Unwrapped, unwrap
from chargers.ocmf.export import ExportedValue, transparency_xml
from tests.support.ocmf import Meter

TEXT = 'OCMF|{"GI":"A & <B>"}|{"SD":"00"}'


def exported(**changes: str) -> ExportedValue:
    plain = {
        "number": 'no "1"',
        "context": "Transaction.Begin",
        "format": "ocmf",
        "text": TEXT,
        "public_key": "3059",
    }
    return ExportedValue(**{**plain, **changes})


def test_the_file_to_the_letter() -> None:
    assert transparency_xml([exported(), exported(context="", format="other", public_key="")]) == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        "<values>\n"
        '  <value transactionId=\'no "1"\' context="Transaction.Begin">\n'
        '    <signedData format="OCMF" encoding="plain">'
        'OCMF|{"GI":"A &amp; &lt;B&gt;"}|{"SD":"00"}</signedData>\n'
        '    <publicKey encoding="plain">3059</publicKey>\n'
        "  </value>\n"
        "  <value transactionId='no \"1\"'>\n"
        '    <signedData encoding="plain">OCMF|{"GI":"A &amp; &lt;B&gt;"}|{"SD":"00"}</signedData>\n'
        "  </value>\n"
        "</values>\n"
    )


def test_what_goes_out_comes_back() -> None:
    meter = Meter()
    text = transparency_xml([exported(), exported(text=meter.end(), public_key=meter.public_key)])
    assert unwrap(text) == (
        Unwrapped(format="ocmf", text=TEXT, public_key="3059"),
        Unwrapped(format="ocmf", text=meter.end(), public_key=meter.public_key),
    ) or [one.public_key for one in unwrap(text)] == ["3059", meter.public_key]
