"""ARNs, and other names that AWS and Google make of what Terraform declares."""

from __future__ import annotations

from collections.abc import Callable

from eso_lint.iam.grant import HOLE, RANDOM

Get = Callable[[str], str | None]


def derived(kind: str, attribute: str, get: Get) -> str:
    """The value of an attribute that a provider computes; a hole where it is not told here.

    `get` gives the text of an attribute as written, with holes; None where it is absent.
    """
    if kind.startswith("google_"):
        return _google(kind, attribute, get)
    name = get("name")
    if name is None:
        prefix = get("name_prefix")
        name = HOLE if prefix is None else prefix + HOLE
    if attribute in ("name", "id") and kind in ("aws_iam_role", "aws_iam_instance_profile", "aws_ssm_parameter"):
        return name
    if kind == "aws_iam_policy_document" and attribute in ("json", "minified_json"):
        return f"{{{HOLE}}}"
    if attribute not in ("arn", "id"):
        return HOLE
    maker = _ARNS.get(kind)
    return maker(name, get) if maker is not None and (attribute == "arn" or kind != "aws_kms_key") else HOLE


def _google(kind: str, attribute: str, get: Get) -> str:
    project = get("project") or HOLE
    if kind == "google_service_account":
        email = f"{get('account_id') or HOLE}@{project}.iam.gserviceaccount.com"
        full = f"projects/{project}/serviceAccounts/{email}"
        return {"email": email, "member": f"serviceAccount:{email}", "name": full, "id": full}.get(attribute, HOLE)
    own = {"google_secret_manager_secret": "secret_id", "google_project_iam_custom_role": "role_id"}.get(kind)
    if own is not None and attribute in ("id", "name"):
        folder = "secrets" if own == "secret_id" else "roles"
        return f"projects/{project}/{folder}/{get(own) or HOLE}"
    return HOLE


def _path(get: Get) -> str:
    return get("path") or "/"


_ARNS: dict[str, Callable[[str, Get], str]] = {
    "aws_iam_role": lambda name, get: f"arn:{HOLE}:iam::{HOLE}:role{_path(get)}{name}",
    "aws_iam_policy": lambda name, get: f"arn:{HOLE}:iam::{HOLE}:policy{_path(get)}{name}",
    "aws_secretsmanager_secret": lambda name, get: (
        f"arn:{HOLE}:secretsmanager:{HOLE}:{HOLE}:secret:{name}-{RANDOM * 6}"
    ),
    "aws_ssm_parameter": lambda name, get: f"arn:{HOLE}:ssm:{HOLE}:{HOLE}:parameter/{name.removeprefix('/')}",
    "aws_kms_key": lambda name, get: f"arn:{HOLE}:kms:{HOLE}:{HOLE}:key/{HOLE}",
    "aws_kms_alias": lambda name, get: f"arn:{HOLE}:kms:{HOLE}:{HOLE}:{name}",
    "aws_iam_openid_connect_provider": lambda name, get: f"arn:{HOLE}:iam::{HOLE}:oidc-provider/{HOLE}",
}
