"""What the schemata of FollowTheMoney are in the vocabulary: for its reader, and for the export.

https://followthemoney.tech/explorer/
"""

from __future__ import annotations

from typing import NamedTuple

from knockon.vocabulary import InterestKind


class Link(NamedTuple):
    """A schema of links between two entities: the type of the relation, and the properties of its subject and object."""

    relation: str
    subject: str
    object: str
    #: The property that says more about it.
    mechanism: str = "role"


#: The class of the entities of each schema.
CLASSES: dict[str, str] = {
    "Company": "Company",
    "Organization": "Organization",
    "LegalEntity": "Organization",
    "PublicBody": "GovernmentBody",
    "Person": "Person",
    "Vessel": "Infrastructure",
    "Airplane": "Infrastructure",
    "Vehicle": "Infrastructure",
    "RealEstate": "Infrastructure",
    "Asset": "Resource",
    "Security": "Resource",
    "Contract": "Contract",
    "License": "Contract",
}

#: The schemata of links that are relations.
LINKS: dict[str, Link] = {
    "Directorship": Link("directorOf", "director", "organization"),
    "Employment": Link("employedBy", "employee", "employer"),
    "Membership": Link("memberOf", "member", "organization"),
    "Representation": Link("represents", "agent", "client"),
    "Family": Link("relativeOf", "person", "relative", "relationship"),
    "Associate": Link("associateOf", "person", "associate", "relationship"),
    "UnknownLink": Link("linkedTo", "subject", "object"),
    "Succession": Link("successorOf", "successor", "predecessor"),
    "Payment": Link("paid", "payer", "beneficiary", "purpose"),
    "Debt": Link("owes", "debtor", "creditor"),
}
#: The metric of the amounts of links about money.
AMOUNTS = {"Payment": "amount paid", "Debt": "amount owed"}

#: How kinds of interests that are not shareholdings are called in ``controlType``.
CONTROL_TYPES: dict[InterestKind, str] = {
    InterestKind.VOTING_RIGHTS: "voting rights",
    InterestKind.BOARD_CONTROL: "appointment of the board",
    InterestKind.OTHER_CONTROL: "control by other means",
    InterestKind.CONSOLIDATION: "consolidation in accounts",
}

#: The scheme of the identifiers in each property.
IDENTIFIERS: dict[str, str] = {
    "leiCode": "LEI", "wikidataId": "Wikidata", "registrationNumber": "registration number", "taxNumber": "tax number",
    "vatCode": "VAT", "innCode": "INN", "ogrnCode": "OGRN", "okpoCode": "OKPO", "kppCode": "KPP", "uscCode": "USCC",
    "isinCode": "ISIN", "ticker": "ticker", "imoNumber": "IMO", "mmsi": "MMSI", "swiftBic": "BIC", "dunsCode": "DUNS",
    "uniqueEntityId": "UEI", "cikCode": "CIK", "permId": "PermID", "cageCode": "CAGE", "npiCode": "NPI", "bvdId": "BvD",
    "giiNumber": "GIIN", "opencorporatesUrl": "OpenCorporates",
}  # fmt: skip

#: Properties with further names.
NAMES = ("alias", "previousName", "abbreviation", "weakAlias")

__all__ = ["AMOUNTS", "CLASSES", "CONTROL_TYPES", "IDENTIFIERS", "LINKS", "NAMES", "Link"]
