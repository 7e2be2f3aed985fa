"""How `make docs` builds the handbook: these pages as HTML that loads nothing from elsewhere.

The pages are written to be read in the repository. What that knows and Sphinx does not is put right here.
"""

import re

project = "Baton"
author = "The Baton developers"
extensions = ["myst_parser"]
exclude_patterns = ["_build"]
root_doc = "index"
html_theme = "furo"
html_title = "Baton, the handbook"
html_copy_source = False
html_show_copyright = False
html_show_sphinx = False
myst_heading_anchors = 4  # links to headings

_OUTSIDE = re.compile(r"\[([^\]]+)\]\(\.\./[^)]+\)")  # README and CONTRIBUTING lie beside this folder
_PAGE = re.compile(r"\]\(([\w-]+)\.md\)")


def setup(app):  # type: ignore[no-untyped-def]  # Sphinx is not there where types are checked
    """What Sphinx calls first."""
    app.connect("source-read", _read)


def _read(app, name, source):  # type: ignore[no-untyped-def]
    """A page as Sphinx wants it: no links out of the folder, languages that it can colour, a table of contents."""
    text = _OUTSIDE.sub(r"\1", source[0]).replace("```csv", "```text")
    if name == root_doc:
        pages = dict.fromkeys([*_PAGE.findall(text), *sorted(app.env.found_docs - {root_doc})])
        text += "\n```{toctree}\n:hidden:\n\n" + "\n".join(pages) + "\n```\n"
    source[0] = text
