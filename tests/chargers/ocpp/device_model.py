"""What is sent for commands of the device model: command, 1.6, 2.x (None: no such message)."""

from __future__ import annotations

from typing import Any

from chargers.domain.commands import (
    ClearVariableMonitoring,
    Command,
    GetBaseReport,
    GetMonitoringReport,
    GetReport,
    GetVariables,
    MonitoringBase,
    ReportBase,
    SetMonitoringBase,
    SetMonitoringLevel,
    SetVariableMonitoring,
    SetVariables,
)

HEARTBEAT = {
    "component": {"name": "OCPPCommCtrlr"},
    "variable": {"name": "HeartbeatInterval"},
}
POWER = {
    "component": {"name": "EVSE", "evse": {"id": 1}},
    "variable": {"name": "Power"},
}

DEVICE_MODEL: list[tuple[Command, tuple[str, Any] | None, tuple[str, Any] | None]] = [
    (
        GetVariables(names=("OCPPCommCtrlr.HeartbeatInterval",), attributes=("Actual", "MaxSet")),
        ("GetConfiguration", {"key": ["OCPPCommCtrlr.HeartbeatInterval"]}),
        (
            "GetVariables",
            {"getVariableData": [HEARTBEAT, {**HEARTBEAT, "attributeType": "MaxSet"}]},
        ),
    ),
    (
        SetVariables(
            values=(
                {"name": "OCPPCommCtrlr.HeartbeatInterval", "value": "60"},
                {"name": "EVSE@1.Power", "value": "7000", "attribute": "Target"},
            )
        ),
        None,
        (
            "SetVariables",
            {
                "setVariableData": [
                    {**HEARTBEAT, "attributeValue": "60"},
                    {**POWER, "attributeType": "Target", "attributeValue": "7000"},
                ]
            },
        ),
    ),
    (
        GetBaseReport(request_id=4, report_base=ReportBase.CONFIGURATION),
        ("GetConfiguration", {}),
        ("GetBaseReport", {"requestId": 4, "reportBase": "ConfigurationInventory"}),
    ),
    (
        GetBaseReport(request_id=4, report_base=ReportBase.SUMMARY),
        ("GetConfiguration", {}),
        ("GetBaseReport", {"requestId": 4, "reportBase": "SummaryInventory"}),
    ),
    (
        GetReport(request_id=5, criteria=("Problem", "Active")),
        None,
        ("GetReport", {"requestId": 5, "componentCriteria": ["Problem", "Active"]}),
    ),
    (
        GetReport(request_id=5, names=("EVSE@1", "OCPPCommCtrlr.HeartbeatInterval")),
        ("GetConfiguration", {"key": ["EVSE@1", "OCPPCommCtrlr.HeartbeatInterval"]}),
        (
            "GetReport",
            {
                "requestId": 5,
                "componentVariable": [
                    {"component": {"name": "EVSE", "evse": {"id": 1}}},
                    HEARTBEAT,
                ],
            },
        ),
    ),
    (
        SetVariableMonitoring(
            monitors=(
                {"name": "EVSE@1.Power", "type": "UpperThreshold", "value": 9000.5, "severity": 2},
                {
                    "name": "EVSE@1.Power",
                    "type": "Delta",
                    "value": 100.0,
                    "severity": 8,
                    "transaction": True,
                    "id": 12,
                },
            )
        ),
        None,
        (
            "SetVariableMonitoring",
            {
                "setMonitoringData": [
                    {**POWER, "type": "UpperThreshold", "value": 9000.5, "severity": 2},
                    {
                        **POWER,
                        "type": "Delta",
                        "value": 100.0,
                        "severity": 8,
                        "transaction": True,
                        "id": 12,
                    },
                ]
            },
        ),
    ),
    (ClearVariableMonitoring(ids=(3, 4)), None, ("ClearVariableMonitoring", {"id": [3, 4]})),
    (
        SetMonitoringBase(base=MonitoringBase.FACTORY_DEFAULT),
        None,
        ("SetMonitoringBase", {"monitoringBase": "FactoryDefault"}),
    ),
    (SetMonitoringLevel(severity=4), None, ("SetMonitoringLevel", {"severity": 4})),
    (GetMonitoringReport(request_id=6), None, ("GetMonitoringReport", {"requestId": 6})),
    (
        GetMonitoringReport(
            request_id=6, criteria=("ThresholdMonitoring",), names=("EVSE@1.Power",)
        ),
        None,
        (
            "GetMonitoringReport",
            {
                "requestId": 6,
                "monitoringCriteria": ["ThresholdMonitoring"],
                "componentVariable": [POWER],
            },
        ),
    ),
]
