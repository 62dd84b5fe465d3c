"""Every change of tariffs; keyword-only, atomic, with `now` and errors by field."""
