"""Network and admission policies, as far as rules read them."""

from __future__ import annotations

from eso_lint.model.resource import Resource
from eso_lint.regex import pattern
from eso_lint.source.node import Mapping, Opaque, Sequence, is_absent, items, lookup, string

NAME_LABEL = "app.kubernetes.io/name"
_OPERATOR_KIND = pattern(r"external-secrets\.io|(?:Secret|secret)(?:Store|store)|(?:External|Push)Secret|pushsecrets")
_STORES = pattern(r"[sS]ecret[sS]tore")
_USERS = pattern(r"[eE]xternal[sS]ecret|[pP]ush[sS]ecret")


class NetworkPolicy(Resource):
    """A networking.k8s.io NetworkPolicy."""

    __slots__ = ()

    @property
    def isolates_egress(self) -> bool | None:
        """Whether selected pods lose all egress that no policy allows; None where it cannot be known."""
        types = self.at("spec", "policyTypes")
        if isinstance(types, Opaque) or (isinstance(types, Sequence) and types.open):
            return None
        if is_absent(types) or (isinstance(types, Sequence) and not types.items):
            # Written egress rules imply the type; an empty list does not.
            return bool(items(self.at("spec", "egress")))
        names = {string(item) for item in items(types)}
        return True if "Egress" in names else None if None in names else False

    @property
    def allows_egress(self) -> bool | None:
        """Whether it has egress rules; None where it cannot be known."""
        rules = self.at("spec", "egress")
        if is_absent(rules):
            return False
        if not isinstance(rules, Sequence) or rules.open:
            return None
        return bool(rules.items)

    def selects(self, labels: dict[str, str], exact: bool = False) -> bool | None:
        """Whether pods with these labels are selected; None where a selector asks for labels that are not given.

        `exact` asks whether the selector names at least one of the labels, so that an empty one does not count.
        """
        selector = self.at("spec", "podSelector")
        if isinstance(selector, Opaque) or (isinstance(selector, Mapping) and selector.open):
            return None
        expressions = lookup(selector, "matchExpressions")
        wanted = lookup(selector, "matchLabels")
        known = False
        sure = not isinstance(expressions, Opaque) and not isinstance(wanted, Opaque)
        if isinstance(wanted, Mapping):
            sure = sure and not wanted.open
            for key, (_, value) in wanted.index.items():
                text = string(value)
                if key not in labels or text is None:
                    sure = False
                elif labels[key] != text:
                    return False
                else:
                    known = True
        for item in items(expressions):
            key_text, operator = string(lookup(item, "key")), string(lookup(item, "operator"))
            values = {string(v) for v in items(lookup(item, "values"))}
            if key_text not in labels or operator not in ("In", "NotIn", "Exists", "DoesNotExist") or None in values:
                sure = False
                continue
            held = labels[key_text]
            fits = {
                "In": held in values, "NotIn": held not in values, "Exists": True, "DoesNotExist": False,
            }[operator]  # fmt: skip
            if not fits:
                return False
            known = True
        if not sure:
            return None
        return known if exact else True


class WebhookConfiguration(Resource):
    """A ValidatingWebhookConfiguration."""

    __slots__ = ()


class AdmissionPolicy(Resource):
    """What can refuse an object: ValidatingAdmissionPolicy, Kyverno's policies, Gatekeeper's constraints."""

    __slots__ = ()

    @property
    def about_operator(self) -> bool:
        """Whether its text names the operator's API group or one of its kinds."""
        return _OPERATOR_KIND.search(self._text) is not None

    @property
    def about_stores(self) -> bool:
        """Whether it is about stores, or about the operator's kinds without saying which."""
        return self.about_operator and (_STORES.search(self._text) is not None or not _USERS.search(self._text))

    @property
    def about_keys(self) -> bool:
        """Whether it is about what reads and writes remote keys, or about the operator's kinds without saying which."""
        return self.about_operator and (_USERS.search(self._text) is not None or not _STORES.search(self._text))

    @property
    def _text(self) -> str:
        return self.file.text[self.document.start : self.document.end]
