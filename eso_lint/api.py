"""All that a rule author may import; the only module under semantic versioning.

A name's own module is imported when the name is first asked for: a rule does not pay for what others use. After a
change here run `python -m eso_lint.rules`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import TYPE_CHECKING, Any

    from eso_lint.config import Config, PathConvention
    from eso_lint.iam.azure import AzureGap, azure_gaps, federation_faults
    from eso_lint.iam.capabilities import deletes_whole, push_works
    from eso_lint.iam.chains import associated, pod_trusts, refused_steps
    from eso_lint.iam.gaps import Gap, aws_gaps
    from eso_lint.iam.gcp import GcpGap, gcp_gaps, unbound
    from eso_lint.iam.join import aws_logins, own_aws_roles
    from eso_lint.iam.keys import locked
    from eso_lint.iam.needles import AWS_IAM
    from eso_lint.iam.needs_aws import aws_service
    from eso_lint.iam.policy_faults import (
        absent_roles,
        double_slashes,
        overbroad,
        role_switches,
        scoped_stars,
        suffixless,
    )
    from eso_lint.iam.rbac import RbacGap, rbac_gaps
    from eso_lint.iam.trust import allows_web, audience_misses, audiences, federated, subject_misses
    from eso_lint.iam.uses import Use, uses, uses_of
    from eso_lint.iam.vault import VaultGap, segment_gaps, vault_gaps
    from eso_lint.iam.vault_binding import vault_mismatches
    from eso_lint.lint.extension import Renderer, Reporter
    from eso_lint.lint.iam_problems import gap_problem
    from eso_lint.lint.judged import problems_of
    from eso_lint.lint.provider_problems import provider_problems
    from eso_lint.lint.rule import (
        Confidence,
        Edit,
        Fix,
        Problem,
        Profile,
        Related,
        Rule,
        Safety,
        Severity,
        rule,
    )
    from eso_lint.model.breadth import anchored, matches_every_namespace, unanchored
    from eso_lint.model.chart_values import Misplaced, declared_by, misplaced
    from eso_lint.model.chart_versions import Disagreement, MissingChart, disagreements, missing_chart, version_place
    from eso_lint.model.conditions import Admits, Denies, admission, decide, elements, go_search, selector_matches
    from eso_lint.model.convention import fits, fits_prefix, missing_segment
    from eso_lint.model.crd_sources import unsyncable, vendored_crds
    from eso_lint.model.crds import Oversize
    from eso_lint.model.credentials import Credential, static_credential
    from eso_lint.model.delivery import (
        delivered_notes,
        kustomizations,
        left_out,
        listed_neighbour,
        mentions_path,
        named_files,
        settled_notes,
    )
    from eso_lint.model.duration import SECOND, format_duration, parse_duration, suggest_duration
    from eso_lint.model.in_play import InPlay, version_in_play
    from eso_lint.model.irsa import uses_irsa
    from eso_lint.model.key_slips import Slip, key_slips
    from eso_lint.model.kinds.argocd import ArgoApplication, ArgoSource
    from eso_lint.model.kinds.core import ConfigMap, KeyHolder, Namespace, Secret, ServiceAccount
    from eso_lint.model.kinds.external_secret import (
        BaseExternalSecret,
        ClusterExternalSecret,
        DataEntry,
        DataFromEntry,
        ExternalSecret,
    )
    from eso_lint.model.kinds.generator import Generator, GeneratorState, Stray
    from eso_lint.model.kinds.install import OperatorInstall, Setting
    from eso_lint.model.kinds.policy import AdmissionPolicy, NetworkPolicy, WebhookConfiguration
    from eso_lint.model.kinds.push_secret import BasePushSecret, ClusterPushSecret, PushSecret
    from eso_lint.model.kinds.rbac import (
        WRITE_VERBS,
        ClusterRole,
        ClusterRoleBinding,
        PolicyRule,
        Role,
        RoleBinding,
        Subject,
    )
    from eso_lint.model.kinds.script import Script, ShellCommand
    from eso_lint.model.kinds.store import ClusterSecretStore, SecretStore, Store
    from eso_lint.model.kubectl import BareApply, bare_applies
    from eso_lint.model.operator import (
        CERT_CONTROLLER,
        CONTROLLER,
        WEBHOOK,
        enforced,
        first_store,
        hidden,
        network_policies,
        subjects_of,
        tenants,
        token_users,
        unmintable,
        uses_kind,
    )
    from eso_lint.model.place import is_in, same_world
    from eso_lint.model.reconcilers import allows_manifests, controller_classes, idle_kinds, missing_crds
    from eso_lint.model.reference import External, Found, Missing, Reference, Resolution, Unknown, distinct
    from eso_lint.model.refusals import is_seen, may_grow, refused, runs
    from eso_lint.model.remote import (
        Inventory,
        KeyGroup,
        RemoteKey,
        keys_by_store,
        provider_of,
        remote_keys,
        store_identity,
        stores_of,
    )
    from eso_lint.model.resource import Resource, first_scalar
    from eso_lint.model.selectors import Foreign, Scope, Unset, selector_scope
    from eso_lint.model.serving import Gone, Meant, Serving, kind_since, meant_kind, provider_removed, serving
    from eso_lint.model.together import idle, may_meet, one_source, together
    from eso_lint.model.versions import Version, annotation_limit, parse_version
    from eso_lint.model.workspace import Workspace
    from eso_lint.render.unit import Note, Unit
    from eso_lint.schema.verdict import Verdict, verdicts
    from eso_lint.source.directives import Suppression
    from eso_lint.source.go_regexp import RegexpFault, regexp_fault
    from eso_lint.source.node import (
        Document,
        Mapping,
        Node,
        Opaque,
        Scalar,
        Sequence,
        SourceFile,
        Span,
        is_absent,
        items,
        lookup,
        string,
        walk,
    )
    from eso_lint.source.parse import Fault
    from eso_lint.suggest import closest, distance, respelled


__all__ = [
    "AWS_IAM",
    "CERT_CONTROLLER",
    "CONTROLLER",
    "SECOND",
    "WEBHOOK",
    "WRITE_VERBS",
    "AdmissionPolicy",
    "Admits",
    "ArgoApplication",
    "ArgoSource",
    "AzureGap",
    "BareApply",
    "BaseExternalSecret",
    "BasePushSecret",
    "ClusterExternalSecret",
    "ClusterPushSecret",
    "ClusterRole",
    "ClusterRoleBinding",
    "ClusterSecretStore",
    "Confidence",
    "Config",
    "ConfigMap",
    "Credential",
    "DataEntry",
    "DataFromEntry",
    "Denies",
    "Disagreement",
    "Document",
    "Edit",
    "External",
    "ExternalSecret",
    "Fault",
    "Fix",
    "Foreign",
    "Found",
    "Gap",
    "GcpGap",
    "Generator",
    "GeneratorState",
    "Gone",
    "InPlay",
    "Inventory",
    "KeyGroup",
    "KeyHolder",
    "Mapping",
    "Meant",
    "Misplaced",
    "Missing",
    "MissingChart",
    "Namespace",
    "NetworkPolicy",
    "Node",
    "Note",
    "Opaque",
    "OperatorInstall",
    "Oversize",
    "PathConvention",
    "PolicyRule",
    "Problem",
    "Profile",
    "PushSecret",
    "RbacGap",
    "Reference",
    "RegexpFault",
    "Related",
    "RemoteKey",
    "Renderer",
    "Reporter",
    "Resolution",
    "Resource",
    "Role",
    "RoleBinding",
    "Rule",
    "Safety",
    "Scalar",
    "Scope",
    "Script",
    "Secret",
    "SecretStore",
    "Sequence",
    "ServiceAccount",
    "Serving",
    "Setting",
    "Severity",
    "ShellCommand",
    "Slip",
    "SourceFile",
    "Span",
    "Store",
    "Stray",
    "Subject",
    "Suppression",
    "Unit",
    "Unknown",
    "Unset",
    "Use",
    "VaultGap",
    "Verdict",
    "Version",
    "WebhookConfiguration",
    "Workspace",
    "absent_roles",
    "admission",
    "allows_manifests",
    "allows_web",
    "anchored",
    "annotation_limit",
    "associated",
    "audience_misses",
    "audiences",
    "aws_gaps",
    "aws_logins",
    "aws_service",
    "azure_gaps",
    "bare_applies",
    "closest",
    "controller_classes",
    "decide",
    "declared_by",
    "deletes_whole",
    "delivered_notes",
    "disagreements",
    "distance",
    "distinct",
    "double_slashes",
    "elements",
    "enforced",
    "federated",
    "federation_faults",
    "first_scalar",
    "first_store",
    "fits",
    "fits_prefix",
    "format_duration",
    "gap_problem",
    "gcp_gaps",
    "go_search",
    "hidden",
    "idle",
    "idle_kinds",
    "is_absent",
    "is_in",
    "is_seen",
    "items",
    "key_slips",
    "keys_by_store",
    "kind_since",
    "kustomizations",
    "left_out",
    "listed_neighbour",
    "locked",
    "lookup",
    "matches_every_namespace",
    "may_grow",
    "may_meet",
    "meant_kind",
    "mentions_path",
    "misplaced",
    "missing_chart",
    "missing_crds",
    "missing_segment",
    "named_files",
    "network_policies",
    "one_source",
    "overbroad",
    "own_aws_roles",
    "parse_duration",
    "parse_version",
    "pod_trusts",
    "problems_of",
    "provider_of",
    "provider_problems",
    "provider_removed",
    "push_works",
    "rbac_gaps",
    "refused",
    "refused_steps",
    "regexp_fault",
    "remote_keys",
    "respelled",
    "role_switches",
    "rule",
    "runs",
    "same_world",
    "scoped_stars",
    "segment_gaps",
    "selector_matches",
    "selector_scope",
    "serving",
    "settled_notes",
    "static_credential",
    "store_identity",
    "stores_of",
    "string",
    "subject_misses",
    "subjects_of",
    "suffixless",
    "suggest_duration",
    "tenants",
    "together",
    "token_users",
    "unanchored",
    "unbound",
    "unmintable",
    "unsyncable",
    "uses",
    "uses_irsa",
    "uses_kind",
    "uses_of",
    "vault_gaps",
    "vault_mismatches",
    "vendored_crds",
    "verdicts",
    "version_in_play",
    "version_place",
    "walk",
]


def __getattr__(name: str) -> Any:
    from importlib import import_module

    from eso_lint.api_homes import HOMES

    if name not in HOMES:
        raise AttributeError(f"eso_lint.api has no name `{name}`; if it is new, run `python -m eso_lint.rules`")
    value = getattr(import_module(HOMES[name]), name)
    globals()[name] = value
    return value
