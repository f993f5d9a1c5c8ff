"""What the page says -> HTML: escaped, and closed to the outside by its own security policy."""

import base64
import hashlib
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from snakescribe.report import numbers
from snakescribe.report.verdict import show_sentence

FILTERS = (
    "percent",
    "points",
    "per_minute",
    "p_value",
    "speed",
    "count",
    "clock",
    "duration",
    "estimate",
)


def render_page(**content: Any) -> str:
    """The template's variables -> the page.

    Everything is escaped but what is `Markup` already. The policy admits this page's one style
    sheet and one script by their hashes, and images and sound that the page itself carries;
    anything else, inline handlers too, the browser refuses.
    """
    environment = Environment(
        loader=PackageLoader("snakescribe.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for name in FILTERS:
        environment.filters[name] = getattr(numbers, name)
    environment.filters["sentence"] = show_sentence
    loader = environment.loader
    assert loader is not None
    style, script = (
        Markup(loader.get_source(environment, name)[0]) for name in ("page.css", "page.js")
    )
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "img-src data:; media-src data:; base-uri 'none'; form-action 'none'"
    )
    page = environment.get_template("page.html.j2").render(
        style=style, script=script, policy=policy, **content
    )
    # A lone surrogate, from a damaged title, is nothing that a file could hold.
    return page.encode("utf-8", "replace").decode("utf-8")


def _hash(source: str) -> str:
    digest = hashlib.sha256(source.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
