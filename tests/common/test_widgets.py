from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from common.widgets import PlainSelect

CHOICES = [("", gettext_lazy("Every")), ("a&b", "A & <b>"), (3, "Three")]


class Form(forms.Form):
    pick = forms.ChoiceField(choices=CHOICES, required=False, widget=PlainSelect)


def test_it_writes_what_django_writes() -> None:
    plain = PlainSelect(choices=CHOICES).render("pick", "a&b", {"id": "id_pick", "class": "x"})
    django = forms.Select(choices=CHOICES).render("pick", "a&b", {"id": "id_pick", "class": "x"})

    def tidy(html: str) -> str:
        return "".join(line.strip() for line in html.splitlines())

    assert sorted(tidy(plain)) == sorted(tidy(django))
    assert '<option value="a&amp;b" selected>A &amp; &lt;b&gt;</option>' in plain


def test_nothing_chosen_selects_the_empty_choice() -> None:
    assert '<option value="" selected>Every</option>' in str(Form()["pick"])


def test_what_was_sent_is_selected_again() -> None:
    assert '<option value="3" selected>Three</option>' in str(Form({"pick": "3"})["pick"])
