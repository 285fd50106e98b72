"""Identifiers that decide which entities are the same, and how each is normalized and checked.

Those are the LEI, the Wikidata item, a registration number whose scheme names its register, and the entry of a sanctions
list that numbers its parties. Tickers, ISINs and other identifiers of securities never decide: a company has several, and
they are given to others later.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import NamedTuple

#: Schemes by their name in lower case, without spaces and punctuation.
_SCHEMES = {
    "lei": "LEI", "xilei": "LEI", "legalentityidentifier": "LEI", "iso17442": "LEI", "gleif": "LEI",
    "wikidata": "Wikidata", "wikidataid": "Wikidata", "wikidataqid": "Wikidata", "wikidataitem": "Wikidata", "qid": "Wikidata",
    "ofac": "OFAC", "ofacuid": "OFAC", "ofacid": "OFAC", "ofacsdn": "OFAC", "ofacentry": "OFAC",
    "eufsf": "EU-FSF", "ukofsi": "UK-OFSI", "unsc": "UN-SC",
}  # fmt: skip
#: A register by its code at org-id.guide (GB-COH), or in the list of registration authorities of GLEIF (RA000585).
_REGISTER = re.compile(r"[A-Z]{2}-[A-Z0-9]{2,}(?:[-_][A-Z0-9]+)*|RA[0-9]{6}")
#: A registration number with the name of its register: "registration number (Companies House)".
_NAMED_REGISTER = re.compile(r"registration\s*(?:number|no\.?)\s*[\s:,(]\s*(?P<register>[^\s():,].*?)\)?", re.IGNORECASE)
#: Codes of that form that name securities.
_SECURITIES = re.compile(r"[A-Z]{2}-(?:ISIN|TICKER|CUSIP|SEDOL|FIGI|MIC|BIC)")
#: The module of python-stdnum that checks the numbers of a register.
_CHECKS = {
    "AU-ABN": "au.abn", "AU-ACN": "au.acn", "BE-BCE_KBO": "be.vat", "BR-CNPJ": "br.cnpj", "CH-UID": "ch.uid",
    "CL-RUT": "cl.rut", "CN-USCC": "cn.uscc", "CZ-ICO": "cz.dic", "DK-CVR": "dk.cvr", "EE-RIK": "ee.registrikood",
    "FI-PRO": "fi.ytunnus", "FR-SIREN": "fr.siren", "FR-INSEE": "fr.siren", "HR-OIB": "hr.oib", "JP-JCN": "jp.cn",
    "KR-BRN": "kr.brn", "LEI": "lei", "NO-BRC": "no.orgnr", "PL-REGON": "pl.regon", "RU-INN": "ru.inn",
    "RU-OGRN": "ru.ogrn", "SE-BLV": "se.orgnr", "SG-ACRA": "sg.uen", "TW-UBN": "tw.ubn", "UA-EDR": "ua.edrpou",
}  # fmt: skip
#: The same of schemes that do not decide.
_FURTHER_CHECKS = {"ISIN": "isin", "CUSIP": "cusip", "IMO": "imo", "USCC": "cn.uscc", "INN": "ru.inn", "OGRN": "ru.ogrn"}
_WIKIDATA = re.compile(r"(?:https?://www\.wikidata\.org/(?:wiki|entity)/)?(Q[1-9][0-9]{0,11})", re.IGNORECASE)
_SEPARATORS = re.compile(r"[\s./-]+")
#: The longest number of a register.
_LONGEST = 64


class DecidingIdentifier(NamedTuple):
    """An identifier that belongs to one entity alone: its scheme, and its number in one form.

    >>> str(DecidingIdentifier("LEI", "5493006MHB84DD0ZWV18"))
    'LEI 5493006MHB84DD0ZWV18'
    """

    scheme: str
    number: str

    def __str__(self) -> str:
        return f"{self.scheme} {self.number}"


@cache
def deciding_scheme(scheme: str) -> str | None:
    """Return the one name of a scheme whose identifiers decide; None for all others.

    >>> deciding_scheme("lei"), deciding_scheme("gb-coh"), deciding_scheme("registration number (Companies House)")
    ('LEI', 'GB-COH', 'register companies house')
    >>> [deciding_scheme(name) for name in ("ticker", "ISIN", "XS-ISIN", "registration number")]
    [None, None, None, None]
    """
    known = _SCHEMES.get(re.sub(r"[\W_]+", "", scheme).lower())
    if known:
        return known
    code = scheme.strip().upper()
    if _REGISTER.fullmatch(code):
        return None if _SECURITIES.fullmatch(code) else code
    named = _NAMED_REGISTER.fullmatch(scheme.strip())
    if named is None:
        return None
    register = named["register"].strip()
    return deciding_scheme(register) or f"register {' '.join(register.split()).casefold()}"


def deciding_identifier(scheme: str, notation: str) -> DecidingIdentifier | None:
    """Return an identifier that decides, in one form; None where it does not, or is not valid.

    It takes ten times as long as ``unchecked_identifier``, which gives the same form.

    Parameters
    ----------
    scheme
        The scheme, such as ``LEI`` or ``GB-COH``.
    notation
        The number as a source writes it.

    Examples
    --------
    >>> str(deciding_identifier("lei", "5493 006MHB84DD0ZWV18"))
    'LEI 5493006MHB84DD0ZWV18'
    >>> deciding_identifier("LEI", "5493006MHB84DD0ZWV19") is None  # its check digits are wrong
    True
    >>> str(deciding_identifier("Wikidata", "http://www.wikidata.org/entity/Q182477"))
    'Wikidata Q182477'
    """
    identifier = unchecked_identifier(scheme, notation)
    return identifier if identifier is not None and is_valid(identifier) else None


def unchecked_identifier(scheme: str, notation: str) -> DecidingIdentifier | None:
    """Return an identifier of a scheme that decides, in one form, without a check of its digits.

    >>> str(unchecked_identifier("DK-CVR", "DK 1358 5628")), unchecked_identifier("ticker", "NVDA")
    ('DK-CVR 13585628', None)
    """
    known = deciding_scheme(scheme)
    if known is None:
        return None
    if known == "Wikidata":
        item = _WIKIDATA.fullmatch(notation.strip())
        return DecidingIdentifier(known, item[1].upper()) if item else None
    number = _SEPARATORS.sub("", notation).upper()
    if not 0 < len(number) <= _LONGEST or not any(character.isdigit() for character in number):
        return None
    # Tax offices write the country before some of them.
    return DecidingIdentifier(known, number.removeprefix(known[:2]) if known in _CHECKS and known != "LEI" else number)


@lru_cache(maxsize=10_000)
def is_valid(identifier: DecidingIdentifier) -> bool:
    """Return whether the check digits of an identifier are right; True where its register has none that are known.

    >>> is_valid(DecidingIdentifier("LEI", "5493006MHB84DD0ZWV19")), is_valid(DecidingIdentifier("GB-COH", "01234567"))
    (False, True)
    """
    module = _CHECKS.get(identifier.scheme)
    if module is None:
        return True
    return _is_valid_number(module, identifier.number)


def _is_valid_number(module: str, number: str) -> bool:
    # Imported where a number is checked: most data have none.
    from importlib import import_module

    return bool(import_module(f"stdnum.{module}").is_valid(number))


def has_wrong_digits(scheme: str, notation: str) -> bool:
    """Return whether an identifier has check digits that are known, and they are wrong; of schemes that decide, and some more.

    Parameters
    ----------
    scheme, notation
        As a source writes them.

    Examples
    --------
    >>> has_wrong_digits("LEI", "5493006MHB84DD0ZWV19"), has_wrong_digits("ISIN", "US0378331006")
    (True, True)
    >>> has_wrong_digits("LEI", "5493006MHB84DD0ZWV18"), has_wrong_digits("registration number", "HRB 1")
    (False, False)
    """
    known = _checked_scheme(scheme)
    if known is None:
        return False
    if known in _CHECKS:
        identifier = unchecked_identifier(known, notation)
        return identifier is None or not is_valid(identifier)
    return not _is_valid_number(_FURTHER_CHECKS[known], _SEPARATORS.sub("", notation).upper())


@cache
def _checked_scheme(scheme: str) -> str | None:
    """Return the one name of a scheme whose numbers can be checked; None for all others."""
    known = deciding_scheme(scheme) or scheme.strip().upper()
    return known if known in _CHECKS or known in _FURTHER_CHECKS else None


__all__ = [
    "DecidingIdentifier",
    "deciding_identifier",
    "deciding_scheme",
    "has_wrong_digits",
    "is_valid",
    "unchecked_identifier",
]
