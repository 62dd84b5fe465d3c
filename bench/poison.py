"""Values and frames that have broken somebody's server, or could."""

from __future__ import annotations

from typing import Any

TEXTS: list[Any] = [
    "",
    " ",
    "\x00",
    "a\x00b",
    "\ud800",
    "\ufeff\u202e\u2028",
    "x" * 300,
    "x" * 20_000,
    "\u0130\u1e9e\U0001f50c" * 10,
    "336699\\\\",
    "'; DROP TABLE chargers_transaction; --",
    "%s%n%(a)s{0}{{7*7}}",
    "<script>alert(1)</script>",
    "=HYPERLINK(1)",
    "../../etc/passwd",
    "null",
    "NaN",
]
TIMES: list[Any] = [
    "222222017-10-27T19:10:11Z",
    "1000000",
    "0000-00-00T00:00:00Z",
    "0001-01-01T00:00:00Z",
    "1970-01-01T00:00:23Z",
    "9999-12-31T23:59:59.999999999Z",
    "2026-02-30T25:61:61Z",
    "2026-03-01T12:00:00",
    "2026-03-01T12:00:00+23:59",
    "2026-03-01T12:00:00.123456789012Z",
    "2026-03-01",
    "20260301T120000Z",
    "2026-W10-1T00:00:00Z",
    "-2026-03-01T12:00:00Z",
    "2026-03-01T12:00:00+02:00Z",
]
WORDS: list[Any] = [
    "Charging",
    "Accepted",
    "available",
    "Started",
    "Ended",
    "Sample.Periodic",
    "-1",
]
OBJECTS: list[Any] = [
    None,
    True,
    False,
    0,
    -1,
    1,
    2**31,
    2**63,
    -(2**63) - 1,
    10**40,
    0.1,
    -0.0,
    1e308,
    5e-324,
    "",
    "1",
    "1e999999",
    [],
    {},
    [[]],
    [{}],
    {"": None},
    {"a": {"b": [None]}},
    [1, "a", None],
    {"sampledValue": []},
    {"__proto__": 1, "constructor": 2},
]
IDS: list[Any] = [
    "",
    " ",
    "x" * 65,
    "\x00",
    "\ud800",
    5,
    -1,
    10**30,
    2.5,
    None,
    {},
    [],
    "ü" * 64,
    True,
]
DEEP = [("[", "]"), ('{"a":', "}"), ('[{"a":', "}]")]
BINARY = [
    b"",
    b"\x00",
    b"\x00\xff\xfe\x80",
    b"\xff" * 1_000,
    b"\xfe\xff\x00[\x002",
    bytes(range(256)),
    b"[2]",
    b"\x89PNG\r\n\x1a\n",
]
# Nothing that could be answered.
DROPPED = [
    "",
    " ",
    "hello",
    "null",
    "42",
    '"[2]"',
    '{"messageTypeId":2}',
    "[]",
    "[2]",
    "[[2]]",
    "[" * 500,
    '[3,"nobody"',
    "\ufeff",
    "[2,",
]
# Frames of the quirk corpus; ID stands for the message id.
WHOLE = [
    '[2,"ID","MeterValues",{"connectorId":1,"transactionId":,"meterValue":[]}]',
    (
        '[2,"ID","MeterValues",{"connectorId":1,"meterValue":[{"timestamp":"222222017-10-27T19:10:11Z",'
        '"sampledValue":[{"value":"1"}]}]}]'
    ),
    (
        '[2,"ID","MeterValues",{"connectorId":1,"meterValue":[{"timestamp":"2026-03-01T12:00:00Z",'
        '"sampledValue":[]}]}]'
    ),
    (
        '[2,"ID","MeterValues",{"connectorId":99999999999,"meterValue":[{"timestamp":"1000000",'
        '"sampledValue":[{"value":604.2,"context":"Legrand","unit":"Furlong"},{"value":"1e30"}]}]}]'
    ),
    '[2,"ID","StatusNotification",{"connectorId":1,"errorCode":"Error","status":"Charging"}]',
    '[2,"ID","StatusNotification",{"connectorId":-1,"errorCode":"NoError","status":"Dancing"}]',
    (
        '[2,"ID","StartTransaction",{"connectorId":1,"idTag":"336699\\\\\\\\","meterStart":-5,'
        '"timestamp":"1970-01-01T00:00:23Z"}]'
    ),
    (
        '[2,"ID","StartTransaction",{"connectorId":1,"idTag":"A","meterStart":939000,'
        '"timestamp":"2026-03-01T12:00:00Z","reservationId":4}]'
    ),
    (
        '[2,"ID","StopTransaction",{"transactionId":-1,"meterStop":26008.333,'
        '"timestamp":"2026-03-01T12:00:00Z"}]'
    ),
    '[2,"ID","StopTransaction",{"transactionId":0,"meterStop":0,"timestamp":"","reason":"Because"}]',
    (
        '[2,"ID","StopTransaction",{"transactionId":1,"meterStop":-9223372036854775808,'
        '"timestamp":"2200-01-01T00:00:00Z","transactionData":[{}]}]'
    ),
    '[2,"ID","StopTransaction",{"transactionId":"٣","meterStop":"1"}]',
    '[2,"ID","BootNotification",{}]',
    '[2,"ID","BootNotification",[]]',
    '[2,"ID","BootNotification",{"chargePointVendor":"\\u0000","chargePointModel":{}}]',
    '[2,"ID","BootNotification",{"chargingStation":[],"reason":7}]',
    (
        '[2,"ID","TransactionEvent",{"eventType":"Updated","seqNo":9223372036854775807,'
        '"transactionInfo":{"transactionId":"t"}}]'
    ),
    '[2,"ID","TransactionEvent",{"eventType":"Ended","seqNo":-1,"transactionInfo":{}}]',
    '[2,"ID","TransactionEvent",{"eventType":"Started","transactionInfo":{"transactionId":""}}]',
    '[2,"ID","Authorize",{"idTag":"A","connectorId":1}]',
    '[2,"ID","Authorize",{"idToken":{"idToken":"","type":"NoAuthorization"}}]',
    '[2,"ID","Heartbeat"]',
    '[2,"ID","Heartbeat",{},{},{}]',
    '[2,"ID"]',
    '[2,"ID","DataTransfer",{"vendorId":"x","data":{"a":[1,{"b":null}]}}]',
    '[2,"ID","NotifyReport",{"requestId":1,"seqNo":0,"reportData":[{"component":{"name":""}}]}]',
    '[2,"ID","SecurityEventNotification",{"type":"\\ud800","timestamp":"x"}]',
    '[2,"ID","FirmwareStatusNotification",{"status":"Exploded","requestId":-1}]',
    '[2,"ID","MakeCoffee",{"sugar":2}]',
    '[2,"ID","heartbeat",{}]',
    ' \t\r\n[ 2 , "ID" , "Heartbeat" , { } ] \x00',
]
