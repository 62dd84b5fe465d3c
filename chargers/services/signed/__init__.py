"""Signed meter values: stored as they came, checked after the commit, judged by session."""
