"""The sheet of an AWS store: its rights, the smallest policy, and the trust policy for its ServiceAccount."""

from __future__ import annotations

import json
import re
from typing import Any

from eso_lint.iam.grant import HOLE
from eso_lint.iam.join import DEFAULT_AUDIENCE, aws_logins
from eso_lint.iam.least import Least, account_of, checked, least, pattern, trust_subjects, unused
from eso_lint.model.kinds.store import Store
from eso_lint.model.workspace import Workspace
from eso_lint.report.permissions import Row, Sheet

_HOW = {
    "irsa": "signs in as a ServiceAccount",
    "controller": "signs in as the operator",
    "pod-identity": "signs in as the operator, by EKS Pod Identity",
    "keys": "signs in with static keys",
    "unknown": "how it signs in is not known",
}


def sheet(store: Store, ws: Workspace) -> Sheet:
    account = account_of(store, ws)
    statements = least(store, ws, account)
    trust = _trust(store, ws, account)
    data: dict[str, Any] = {"policy": _policy(statements) if statements else None, "trust": trust}
    text = _terraform(store, statements, trust) if statements else ""
    return Sheet(store, "aws", _identity(store, ws), _rows(store, ws, account), {"terraform": text, "hcl": text}, data)


def _identity(store: Store, ws: Workspace) -> str:
    said = []
    for login in aws_logins(store, ws):
        text = _HOW[login.how]
        if login.subject is not None:
            text += f" ({login.namespace}/{login.account})"
        for identity in (login.first, *login.hops):
            if identity is not None:
                held = "" if identity.roles else ", which is not in this repository"
                text += f", role {identity.arn.shown}{held}"
        said.append(text)
    return "; ".join(said) or "nothing uses it"


def _rows(store: Store, ws: Workspace, account: str | None) -> tuple[Row, ...]:
    rows = []
    for need, right in checked(store, ws):
        verdict = right.answer.verdict if right is not None else "unknown"
        rows.append(Row(need.action, pattern(need, account), verdict, need.use.source.title))
    for action, role in unused(store, ws):
        path, line = role.span.file.path, role.span.file.position(role.span.start)[0]
        rows.append(Row(action, "", "unused", f"{path}:{line}"))
    return tuple(rows)


def _policy(statements: tuple[Least, ...]) -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": s.sid, "Effect": "Allow", "Action": list(s.actions), "Resource": list(s.resources)}
            for s in statements
        ],
    }


def _trust(store: Store, ws: Workspace, account: str | None) -> dict[str, Any] | None:
    """The trust policy for the ServiceAccount; the cluster's issuer is the reader's to fill in."""
    found = trust_subjects(store, ws)
    if not found:
        return None
    irsa = [login.subject for login in found if login.how == "irsa"]
    if not irsa:
        statement: dict[str, Any] = {
            "Effect": "Allow",
            "Principal": {"Service": "pods.eks.amazonaws.com"},
            "Action": ["sts:AssumeRole", "sts:TagSession"],
        }
    else:
        first = next((login.first for login in found if login.first is not None), None)
        parts = first.arn.raw.split(":") if first is not None else []
        own = parts[4] if len(parts) > 5 and HOLE not in parts[4] else account
        statement = {
            "Effect": "Allow",
            "Principal": {"Federated": f"arn:aws:iam::{own or '<account>'}:oidc-provider/<issuer>"},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
                "StringEquals": {
                    "<issuer>:aud": DEFAULT_AUDIENCE,
                    "<issuer>:sub": irsa[0] if len(irsa) == 1 else irsa,
                }
            },
        }
    return {"Version": "2012-10-17", "Statement": [statement]}


def _terraform(store: Store, statements: tuple[Least, ...], trust: dict[str, Any] | None) -> str:
    name = re.sub(r"[^A-Za-z0-9_]", "_", "_".join(part for part in (store.namespace, store.name or "store") if part))
    lines = [f"# {store.title}", f'data "aws_iam_policy_document" "{name}" {{']
    for i, s in enumerate(statements):
        lines += [""] if i else []
        lines += ["  statement {", f'    sid       = "{s.sid}"', f"    actions   = {_list(s.actions)}"]
        lines += [f"    resources = {_list(s.resources)}", "  }"]
    lines += ["}", ""]
    if trust is not None:
        statement = trust["Statement"][0]
        (kind, who), *_ = statement["Principal"].items()
        actions = statement["Action"]
        lines += [f'data "aws_iam_policy_document" "{name}_trust" {{', "  statement {"]
        lines += [f"    actions = {_list([actions] if isinstance(actions, str) else actions)}", "", "    principals {"]
        lines += [f'      type        = "{kind}"', f"      identifiers = {_list([who])}", "    }"]
        for key, values in statement.get("Condition", {}).get("StringEquals", {}).items():
            lines += ["", "    condition {", '      test     = "StringEquals"', f'      variable = "{key}"']
            lines += [f"      values   = {_list([values] if isinstance(values, str) else values)}", "    }"]
        lines += ["  }", "}", ""]
    return "\n".join(lines) + "\n"


def _list(texts: Any) -> str:
    """A list as `terraform fmt` leaves it: one text on the line, several below each other."""
    # `$` and `%` before a brace would begin an interpolation.
    quoted = [re.sub(r"([$%])\{", r"\1\1{", json.dumps(text)) for text in texts]
    if len(quoted) == 1:
        return f"[{quoted[0]}]"
    return "[\n" + "".join(f"      {text},\n" for text in quoted) + "    ]"
