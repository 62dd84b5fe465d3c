from billing.models.cdr import Cdr
from billing.models.failure import CdrFailure

__all__ = ["Cdr", "CdrFailure"]
