"""The provider's side: who may log in as a store's identity, and what it may do, for exactly the paths named."""

from __future__ import annotations

from collections.abc import Callable

from eso_lint.setup.answers import Answers
from eso_lint.setup.tenants import ACCOUNT, Tenant, pattern_for
from eso_lint.setup.written import hcl_text


def folder_of(answers: Answers) -> dict[str, str]:
    """The folder `provider/`; empty for providers whose rights are not written as policies."""
    make = _MAKERS.get(answers.provider)
    return {f"provider/{name}": text for name, text in make(answers).items()} if make is not None else {}


def symbol(text: str) -> str:
    """A name as Terraform takes it."""
    name = "".join(c if c.isascii() and (c.isalnum() or c == "_") else "_" for c in text)
    return name if name[:1].isalpha() else f"_{name}"


def subject(tenant: Tenant) -> str:
    return f"system:serviceaccount:{tenant.namespace}:{ACCOUNT}"


def issuer(answers: Answers) -> str:
    """The issuer as policies name it: without the scheme."""
    return answers.issuer.partition("://")[2].rstrip("/")


def block(kind: str, labels: tuple[str, ...], **arguments: object) -> str:
    """One block of HCL. Texts that begin with `=` are expressions."""
    width = max((len(name) for name in arguments), default=0)
    head = " ".join([kind, *(f'"{label}"' for label in labels)])
    lines = []
    for name, value in arguments.items():
        text = value[1:] if isinstance(value, str) and value.startswith("=") else hcl_text(value, 1)
        lines.append(f"  {name:<{width}} = {text}\n")
    return f"{head} {{\n{''.join(lines)}}}\n"


def nested(text: str, name: str, **arguments: object) -> str:
    """A block with one more inside it, at its end."""
    inner = block(name, (), **arguments)
    return text.removesuffix("}\n") + "\n" + "".join(f"  {line}\n" for line in inner.splitlines()) + "}\n"


def encoded(value: object) -> str:
    """A document of JSON as an expression."""
    return f"=jsonencode({hcl_text(value, 1)})"


def _aws(answers: Answers) -> dict[str, str]:
    from eso_lint.setup.provider_aws import files

    return files(answers)


def _vault(answers: Answers) -> dict[str, str]:
    from eso_lint.setup.provider_vault import files

    return files(answers)


def _google(answers: Answers) -> dict[str, str]:
    from eso_lint.setup.provider_clouds import google_files

    return google_files(answers)


def _azure(answers: Answers) -> dict[str, str]:
    from eso_lint.setup.provider_clouds import azure_files

    return azure_files(answers)


_MAKERS: dict[str, Callable[[Answers], dict[str, str]]] = {
    "aws-secrets-manager": _aws,
    "aws-parameter-store": _aws,
    "vault": _vault,
    "openbao": _vault,
    "gcp-secret-manager": _google,
    "azure-key-vault": _azure,
}


def patterns(answers: Answers, tenant: Tenant) -> list[str]:
    """The keys that an identity may use, as patterns with `*`."""
    return list(dict.fromkeys(pattern_for(answers, namespace) for namespace in tenant.serves))
