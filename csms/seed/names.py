"""Names of made-up people and companies."""

from __future__ import annotations

FIRST = (
    "Ida", "Freja", "Emma", "Alma", "Clara", "Agnes", "Sofie", "Karla", "Nora", "Ella",
    "William", "Noah", "Oscar", "Carl", "Malthe", "Emil", "Valdemar", "Aksel", "August", "Arthur",
    "Astrid", "Elsa", "Maja", "Wilma", "Linnea", "Hugo", "Nils", "Björn", "Lovisa", "Sven",
    "Lena", "Jan", "Heike", "Uwe", "Katrin", "Torsten", "Fatima", "Mehmet", "Amina", "Jonas",
)  # fmt: skip
LAST = (
    "Krogh", "Nielsen", "Jensen", "Hansen", "Pedersen", "Andersen", "Christensen", "Larsen",
    "Sørensen", "Rasmussen", "Jørgensen", "Madsen", "Kristensen", "Olsen", "Thomsen", "Poulsen",
    "Lindberg", "Bergström", "Nyström", "Sandberg", "Holm", "Ekström", "Dahl", "Lund",
    "Petersen", "Schröder", "Hinrichs", "Brandt", "Lorenzen", "Yildiz", "Hassan", "Kaya",
)  # fmt: skip
COMPANIES = (
    "Østersø Logistik", "Bygma Service", "Fjordbud", "Havnens Taxa", "Grøn Kurér",
    "Sydhavn El", "Nordisk Pleje", "Kystens VVS",
)  # fmt: skip
GROUPS = ("Residents", "Employees", "Taxi", "Fleet customers")


def mail_name(first: str, last: str) -> str:
    """`first.last` in plain letters, as in an e-mail address."""
    plain = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "ä": "a", "ö": "o", "ü": "u", "ß": "ss"})
    return f"{first}.{last}".lower().translate(plain)
