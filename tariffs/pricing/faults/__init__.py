"""What is wrong with a tariff, in plain words and by field. Pure."""

from __future__ import annotations

from tariffs.pricing.faults.fault import ERRORS, WARNINGS, Fault, Severity
from tariffs.pricing.faults.gaps import gap_faults
from tariffs.pricing.faults.order import order_faults
from tariffs.pricing.faults.region import axes_of
from tariffs.pricing.faults.single import MOST_ELEMENTS, single_faults
from tariffs.pricing.terms import Terms

__all__ = ["ERRORS", "MOST_ELEMENTS", "WARNINGS", "Fault", "Severity", "faults"]


def faults(terms: Terms) -> tuple[Fault, ...]:
    """Errors first, then warnings; each in order of the document.

    Elements are compared with each other only when each makes sense by itself. Gaps are found
    exactly, on the grid of all thresholds; when it is too large that is said (`gaps_not_analysed`).
    """
    found = list(single_faults(terms))
    if not any(fault.severity is Severity.ERROR for fault in found):
        axes = axes_of(terms.elements)
        found += order_faults(terms.elements, axes)
        found += gap_faults(terms.elements, axes)
    return tuple(sorted(found, key=lambda fault: fault.severity is Severity.WARNING))
