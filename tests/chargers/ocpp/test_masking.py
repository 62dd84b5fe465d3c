from __future__ import annotations

import pytest

from chargers.ocpp.masking import mask_secrets

SECRET = "hunter2hunter2hunter2"


@pytest.mark.parametrize(
    "frame",
    [
        '[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":SECRET}]',
        '[2,"1","ChangeConfiguration",{ "value" : SECRET , "key" : "authorizationkey" }]',
        '[2,"1","ChangeConfiguration",{"key":"Authorization\\u004bey","value":SECRET}]',
        (
            '[3,"1",{"configurationKey":[{"key":"HeartbeatInterval","readonly":false,"value":"60"},'
            '{"key":"AuthorizationKey","readonly":false,"value":SECRET},'
            '{"key":"WifiPassword","value":SECRET,"readonly":true}],"unknownKey":["x"]}]'
        ),
        (
            '[2,"1","SetVariables",{"setVariableData":[{"attributeValue":SECRET,'
            '"component":{"name":"SecurityCtrlr"},"variable":{"name":"BasicAuthPassword"}},'
            '{"attributeValue":"60","component":{"name":"A"},"variable":{"name":"B"}}]}]'
        ),
        (
            '[2,"1","SetVariables",{"setVariableData":[{"variable":{"instance":"x",'
            '"name":"BasicAuthPassword"},"component":{"name":"SecurityCtrlr"},'
            '"attributeValue":SECRET}]}]'
        ),
        (
            '[3,"1",{"getVariableResult":[{"attributeStatus":"Accepted","attributeValue":SECRET,'
            '"component":{"name":"SecurityCtrlr"},"variable":{"name":"BasicAuthPassword"}}]}]'
        ),
        (
            '[2,"1","NotifyReport",{"reportData":[{"component":{"name":"SecurityCtrlr"},'
            '"variable":{"name":"BasicAuthPassword"},"variableAttribute":[{"type":"Actual",'
            '"value":SECRET}]},{"component":{"name":"A"},"variable":{"name":"B"},'
            '"variableAttribute":[{"value":"60"}]}]}]'
        ),
        (
            '[2,"1","SetNetworkProfile",{"connectionData":{"ocppCsmsUrl":"wss://x",'
            '"basicAuthPassword":SECRET,"apn":{"apn":"net","apnPassword":SECRET,"simPin":SECRET},'
            '"vpn":{"server":"v","user":"u","password":SECRET,"key":SECRET,"type":"IPSec"}}}]'
        ),
        '[2,"1","DataTransfer",{"vendorId":"V","data":{"AuthorizationKey":SECRET,"a":"b"}}]',
        '[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":SECRET',
    ],
)
def test_only_the_secret_is_replaced(frame: str) -> None:
    sent = frame.replace("SECRET", f'"{SECRET}"')
    assert mask_secrets(sent) == frame.replace("SECRET", '"***"')


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (
            '[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"cut in hal',
            '[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"***"',
        ),
        (
            '[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":12345678}]',
            '[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"***"}]',
        ),
        (
            '[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"a\\"b,}]"}]',
            '[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"***"}]',
        ),
        (
            '[2,"1","DataTransfer",{"vendorId":"V","data":"{\\"AuthorizationKey\\":\\"x\\"}"}]',
            '[2,"1","DataTransfer",{"vendorId":"V","data":"***"}]',
        ),
    ],
)
def test_odd_values(sent: str, kept: str) -> None:
    assert mask_secrets(sent) == kept


@pytest.mark.parametrize(
    "frame",
    [
        '[2,"1","Heartbeat",{}]',
        '[2,"1","ChangeConfiguration",{"key":"HeartbeatInterval","value":"60"}]',
        '[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":""}]',
        (
            '[3,"1",{"configurationKey":[{"key":"AuthorizationKey","readonly":false},'
            '{"key":"A","value":"b"}]}]'
        ),
        '[2,"1","GetConfiguration",{"key":["AuthorizationKey","HeartbeatInterval"]}]',
        '[2,"1","StatusNotification",{"info":"AuthorizationKey changed","connectorId":1}]',
        (
            '[2,"1","SetVariables",{"setVariableData":[{"attributeValue":"\\u00e9",'
            '"component":{"name":"A"},"variable":{"name":"B"}}]}]'
        ),
        "not json at all",
        "",
    ],
)
def test_other_frames_stay_byte_for_byte(frame: str) -> None:
    assert mask_secrets(frame) == frame


def test_deep_nesting_takes_no_time_and_no_stack() -> None:
    deep = '{"value":"x","a":' * 50_000
    frame = f'[2,"1","A",{{"key":"AuthorizationKey","value":"{SECRET}","b":{deep}'
    assert SECRET not in mask_secrets(frame)
