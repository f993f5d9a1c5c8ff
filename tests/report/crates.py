"""The judge of RO-Crates, `rocrate-validator`, without a network."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import rocrate

CONTEXT = Path(rocrate.__file__).parent / "data" / "ro-crate.jsonld"
# The library brings the context of 1.3; this is a term that was changed since 1.1.
OF_1_1 = {"ComputationalWorkflow": "https://bioschemas.org/ComputationalWorkflow"}


class Answer:
    """What the site of the context would answer."""

    status_code = 200
    headers: ClassVar = {"Content-Type": "application/ld+json"}

    def json(self) -> dict[str, Any]:
        context = json.loads(CONTEXT.read_text(encoding="utf-8"))
        context["@context"] |= OF_1_1
        return context

    @property
    def text(self) -> str:
        return json.dumps(self.json())

    @property
    def content(self) -> bytes:
        return self.text.encode()


def find_issues(folder: Path, profile: str, recommended: bool = False) -> Iterator[str]:
    """An unpacked crate and a profile -> what the profile requires, or recommends, and it lacks."""
    from rocrate_validator import models, services  # slow to import, and not for the unit layer
    from rocrate_validator.utils import http

    asked = []

    def get(_: object, address: str, **__: object) -> Answer:
        asked.append(address)
        return Answer()

    severity = models.Severity.RECOMMENDED if recommended else models.Severity.REQUIRED
    settings = services.ValidationSettings(
        rocrate_uri=str(folder),
        profile_identifier=profile,
        requirement_severity=severity,
        offline=True,
    )
    kept, http.HttpRequester.get = getattr(http.HttpRequester, "get", None), get
    try:
        result = services.validate(settings)
    finally:
        if kept is None:
            del http.HttpRequester.get
        else:
            http.HttpRequester.get = kept
    assert set(asked) == {"https://w3id.org/ro/crate/1.1/context"}
    for issue in result.get_issues():
        yield f"{issue.check.identifier}: {issue.message}"
