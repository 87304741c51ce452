"""Which files and documents can matter, decided on text before anything is parsed.

Tier 1 names the operator; tier 2 places it (kustomizations, Namespaces, ServiceAccounts); tier 3 consumes its
Secrets. Tiers 2 and 3 are the kinds that the enabled rules read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

NEEDLE = "external-secrets"
_NEEDLE_BYTES = NEEDLE.encode()
# A double-quoted scalar can spell the needle with escapes; UTF-16 holds NUL bytes.
_SUSPECT = re.compile(rb'"[^"\n]*\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|\r?\n)|\x00')
# Kinds by which an object is seen to be the operator's, even where its group is misspelt.
OWN_KINDS = frozenset(
    {"ExternalSecret", "ClusterExternalSecret", "SecretStore", "ClusterSecretStore", "PushSecret", "ClusterPushSecret"}
)
_KUSTOMIZATION = ("kustomization.yaml", "kustomization.yml", "Kustomization")


class Interest:
    """The text test for a set of kinds (beyond the operator's own) that the enabled rules read.

    `only` names kinds of which most documents say nothing: such a document counts where the pattern is found in it.
    """

    def __init__(self, kinds: Iterable[str] = (), only: Mapping[str, str] | None = None) -> None:
        self.kinds = frozenset(kinds)
        self.only = {kind: pattern for kind, pattern in (only or {}).items() if kind not in self.kinds}
        names = "|".join(sorted(re.escape(kind) for kind in {*self.kinds, *self.only}))
        # `kind: X` literally first keeps the scan fast; the value may be quoted. In block style the key begins a line,
        # or an item of a List: a subject of a binding, deeper in, is no document.
        start = r"(?:(?<=[\n\r])|(?<=[\n\r]- )|(?<=[\n\r]  )|(?<=[\n\r]    )|(?<=[\"'{,])|(?<=[{,] )|\A)"
        pattern = (
            rf"kind(?<={start}kind)[\"']?[ \t]*:[ \t]*[\"']?({names})[\"']?[ \t]*(?:[#,}}\r\n]|$)" if names else ""
        )
        self._pattern = pattern
        self._text: re.Pattern[str] | None = None
        self._bytes = re.compile(pattern.encode()) if names else None
        self._only_bytes: dict[bytes, re.Pattern[bytes]] = {}
        self._only_text: dict[str, re.Pattern[str]] = {}

    def file(self, path: str, data: bytes) -> bool:
        """Whether any document of this file can matter."""
        if _NEEDLE_BYTES in data or NEEDLE in path or is_kustomization(path):
            return True
        if self._bytes is not None:
            for match in self._bytes.finditer(data):
                kind = match[1]
                only = self._only_bytes.get(kind)
                if only is None:
                    written = self.only.get(kind.decode(), "")
                    only = self._only_bytes[kind] = re.compile(written.encode())
                if only.search(data):
                    return True
        return suspicious(data)

    def document(self, path: str, text: str) -> bool:
        """Whether one document of an interesting file can matter."""
        if NEEDLE in text or NEEDLE in path or is_kustomization(path):
            return True
        if self._pattern:
            # Compiled when a document is looked at: most runs find no file of interest.
            self._text = self._text or re.compile(self._pattern)
            for match in self._text.finditer(text):
                kind = match[1]
                only = self._only_text.get(kind)
                if only is None:
                    only = self._only_text[kind] = re.compile(self.only.get(kind, ""))
                if only.search(text):
                    return True
        return "\\" in text and '"' in text and suspicious(text.encode("utf-8", "replace"))


def suspicious(data: bytes) -> bool:
    """Whether escapes or another encoding could hide the operator's name."""
    if b"\\" in data:
        return _SUSPECT.search(data) is not None
    return b"\x00" in data


def is_kustomization(path: str) -> bool:
    """Whether a path is named as kustomize expects."""
    return path.rsplit("/", 1)[-1] in _KUSTOMIZATION
