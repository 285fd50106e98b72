"""Legal forms of companies: what the same form is called, so that it can be told from the name proper.

The table has the forms that occur most in public lists and registers, by their words in lower case, without accents and
punctuation. Translations of one form count as that form only where the register itself uses both (OOO and "limited
liability company" of Russian lists). The order of the words counts: ``co ltd`` is one form.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

#: The words of a form (separated by ``|``), by the name under which two forms are compared.
_FORMS: dict[str, str] = {
    "ltd": "ltd|limited|co ltd|co limited|company limited|company ltd|coltd|corporation limited|corp ltd|corporation ltd",
    "inc": "inc|incorporated|co inc|company inc",
    "corp": "corp|corporation",
    "co": "co|company|compagnie|cie|compania|cia",
    "llc": "llc|l l c|limited liability company|limited liability co|limited liability partnership company",
    "lp": "lp|limited partnership",
    "llp": "llp|limited liability partnership",
    "plc": "plc|public limited company|public limited co",
    "pllc": "pllc",
    "gmbh": "gmbh|gesellschaft mit beschrankter haftung|mbh|ggmbh",
    "gmbhcokg": "gmbh co kg|gmbh and co kg|gmbh u co kg|gmbh und co kg",
    "ag": "ag|aktiengesellschaft",
    "kg": "kg|kommanditgesellschaft",
    "ohg": "ohg",
    "ug": "ug|ug haftungsbeschrankt",
    "se": "se|societas europaea",
    "sa": "sa|societe anonyme|sociedad anonima|sociedade anonima|s a",
    "sas": "sas|societe par actions simplifiee|sasu",
    "sarl": "sarl|s a r l|societe a responsabilite limitee",
    "sl": "sl|slu|sociedad limitada|sociedad de responsabilidad limitada",
    "srl": "srl|s r l|societa a responsabilita limitata|s de rl|s de r l|s de rl de cv",
    "spa": "spa|s p a|societa per azioni",
    "sacv": "sa de cv|sab de cv|sapi de cv",
    "ltda": "ltda|limitada|lda",
    "bv": "bv|b v|besloten vennootschap",
    "nv": "nv|n v|naamloze vennootschap",
    "ab": "ab|aktiebolag|ab publ",
    "as": "as|a s|aksjeselskap|aktieselskab",
    "asa": "asa",
    "aps": "aps|anpartsselskab",
    "oy": "oy|osakeyhtio|oy ab",
    "oyj": "oyj|oyj abp",
    "ou": "ou|osauhing",
    "sia": "sia",
    "uab": "uab",
    "doo": "doo|d o o",
    "dd": "dd|d d",
    "sro": "sro|s r o|spol s r o",
    "kft": "kft",
    "zrt": "zrt",
    "nyrt": "nyrt",
    "spzoo": "sp z oo|sp z o o|spolka z ograniczona odpowiedzialnoscia|spzoo",
    "spolkaakcyjna": "spolka akcyjna",
    "pteltd": "pte ltd|pte limited|private limited company|pte",
    "pvtltd": "pvt ltd|private limited|private ltd|pvt limited|p ltd",
    "ptyltd": "pty ltd|pty limited|proprietary limited|proprietary ltd",
    "sdnbhd": "sdn bhd|sendirian berhad",
    "bhd": "bhd|berhad",
    "pt": "pt|perseroan terbatas",
    "tbk": "tbk",
    "kk": "kk|k k|kabushiki kaisha|kabushiki gaisha",
    "gk": "godo kaisha",
    "jsc": "jsc|joint stock company|joint stock co|joint stock|aktsionernoe obshchestvo|aktsionernoye obshchestvo|ao",
    "ojsc": "ojsc|open joint stock company|open joint stock co|oao|otkrytoe aktsionernoe obshchestvo"
    "|otkrytoye aktsionernoye obshchestvo",
    "cjsc": "cjsc|closed joint stock company|closed joint stock co|zao|zakrytoe aktsionernoe obshchestvo"
    "|zakrytoye aktsionernoye obshchestvo",
    "pjsc": "pjsc|public joint stock company|public joint stock co|pao|publichnoe aktsionernoe obshchestvo"
    "|publichnoye aktsionernoye obshchestvo",
    "ooo": "ooo|obshchestvo s ogranichennoi otvetstvennostyu|obshchestvo s ogranichennoy otvetstvennostyu",
    "psc": "psc|private joint stock company|pjs",
    "fzco": "fzco|fze|fz llc|free zone company",
    "wll": "wll|w l l",
    "saog": "saog|saoc",
    "anonimsirketi": "anonim sirketi|a s anonim sirketi",
    "ltdsti": "ltd sti|limited sirketi",
}
#: The same in other scripts, at the end of a name (or at its beginning), without spaces; the longest is tried first.
_OTHER_SCRIPTS: dict[str, str] = {
    "ltd": "有限责任公司|有限責任公司|有限公司",
    "corp": "集团股份有限公司|集團股份有限公司|股份有限公司|股份公司",
    "kk": "株式会社|株式會社|주식회사|㈜",
    "gk": "合同会社|유한회사",
}
#: Cyrillic forms, as words.
_CYRILLIC: dict[str, str] = {
    "ooo": "ооо|общество с ограниченной ответственностью",
    "ojsc": "оао|открытое акционерное общество",
    "cjsc": "зао|закрытое акционерное общество",
    "pjsc": "пао|публичное акционерное общество",
    "jsc": "ао|акционерное общество",
}
#: Forms that are one where a list translates them: Russian lists write OOO and "limited liability company" of one party.
SAME_FORMS: dict[str, str] = {"ooo": "llc"}


@cache
def form_words() -> dict[tuple[str, ...], str]:
    """Return the name of each form by its words.

    >>> form_words()["co", "ltd"], form_words()["aktiengesellschaft",]
    ('ltd', 'ag')
    """
    pairs = ((name, text) for table in (_FORMS, _CYRILLIC) for name, texts in table.items() for text in texts.split("|"))
    return {tuple(text.split()): name for name, text in pairs}


@cache
def form_suffixes() -> tuple[tuple[str, str], ...]:
    """Return the forms in scripts without spaces, the longest first, with their names."""
    pairs = [(text, name) for name, texts in _OTHER_SCRIPTS.items() for text in texts.split("|")]
    return tuple(sorted(pairs, key=lambda pair: (-len(pair[0]), pair)))


@cache
def _lengths(place: int) -> dict[str, tuple[int, ...]]:
    """Return how many words the forms have, by their word at a place (0 the first, -1 the last), the longest first."""
    lengths: dict[str, set[int]] = {}
    for words in form_words():
        lengths.setdefault(words[place], set()).add(len(words))
    return {word: tuple(sorted(found, reverse=True)) for word, found in lengths.items()}


@cache
def _both_lengths() -> tuple[dict[str, tuple[int, ...]], dict[str, tuple[int, ...]]]:
    """Return the numbers of words of forms by their last word, and by their first."""
    return _lengths(-1), _lengths(0)


def split_form(words: list[str]) -> tuple[list[str], str]:
    """Return the words of a name without its legal form, and the name of the form; empty where it has none.

    A form stands at the end, or at the beginning (``OOO Surgutmebel``). What would leave no word is kept.

    >>> split_form(["huawei", "technologies", "co", "ltd"]), split_form(["ooo", "surgutmebel"])
    ((['huawei', 'technologies'], 'ltd'), (['surgutmebel'], 'llc'))
    >>> split_form(["limited"]), split_form(["the", "limited", "shop"])
    ((['limited'], ''), (['the', 'limited', 'shop'], ''))
    """
    if words:
        at_end, at_beginning = _both_lengths()
        for length in at_end.get(words[-1], ()):
            if length < len(words) and (name := form_words().get(tuple(words[-length:]))):
                return words[:-length], SAME_FORMS.get(name, name)
        for length in at_beginning.get(words[0], ()):
            if length < len(words) and (name := form_words().get(tuple(words[:length]))):
                # Words such as "as" or "company" begin names proper; the forms of some languages do stand there.
                if name in _LEADING:
                    return words[length:], SAME_FORMS.get(name, name)
                break
    return words, ""


#: The forms that stand before a name.
_LEADING = frozenset({"ooo", "ojsc", "cjsc", "pjsc", "jsc", "pt", "llc", "uab", "sia", "kk"})


def without_suffix(text: str) -> tuple[str, str]:
    """Return a name in a script without spaces without its legal form, and the name of the form.

    >>> without_suffix("商汤集团股份有限公司")
    ('商汤', 'corp')
    """
    for suffix, name in form_suffixes():
        if len(text) > len(suffix):
            if text.endswith(suffix):
                return text[: -len(suffix)], name
            if text.startswith(suffix):
                return text[len(suffix) :], name
    return text, ""


def known_forms() -> Iterable[str]:
    """Return the names of all forms."""
    return sorted({*_FORMS, *_OTHER_SCRIPTS, *_CYRILLIC})


__all__ = ["form_suffixes", "form_words", "known_forms", "split_form", "without_suffix"]
