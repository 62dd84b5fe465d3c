from billing.models.cdr import Cdr

__all__ = ["Cdr"]
