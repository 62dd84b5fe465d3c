"""Configuration templates: kept (`saving`), compared (`drift`), sent out (`rollouts`, `steps`)."""
