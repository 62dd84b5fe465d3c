"""What a session costs. Pure; the rule book is docs/algorithms/pricing.md."""
