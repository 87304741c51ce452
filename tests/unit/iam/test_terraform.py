"""Terraform: expressions, modules and their uses, and the roles that come of them."""

from __future__ import annotations

import pytest

from eso_lint.config import Config
from eso_lint.iam.aws import allowed
from eso_lint.iam.grant import RANDOM, Role
from eso_lint.iam.identities import Found, identities, unread_notes
from eso_lint.iam.terraform_found import read
from eso_lint.model.workspace import Workspace
from eso_lint.source.discover import is_relevant
from eso_lint.source.file import SourceFile

GET = "secretsmanager:GetSecretValue"


def found(**files: str) -> Found:
    """What files grant; in their names `__` stands for `/`."""
    sources = {}
    for name, text in files.items():
        path = name.replace("__", "/") + ("" if "." in name else ".tf")
        sources[path] = SourceFile(path, text.encode())
    return read(Workspace([], Config(), sources=sources))


def roles(text: str, **more: str) -> dict[str, Role]:
    return {role.name.shown: role for role in found(main=text, **more).roles}


HEAD = """
variable "given" { default = "b" }
variable "flag" { default = true }
variable "open" {}
variable "list" { default = ["a", "b"] }
variable "map" { default = { k = "v", l = "w" } }
locals {
  self = local.other
  other = local.self
  nested = { a = [{ b = "deep" }] }
}
resource "aws_secretsmanager_secret" "many" {
  count = 2
  name  = "s${count.index}"
}
resource "aws_secretsmanager_secret" "each" {
  for_each = toset(["x", "y"])
  name     = "app/${each.key}"
}
resource "aws_ssm_parameter" "one" { name = "/app/one" }
data "aws_caller_identity" "current" {}
"""


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ('"a"', "a"),
        ('"a-${var.given}"', "a-b"),
        ('"a-${var.open}"', "a-…"),
        ("var.absent", "…"),
        ('var.flag ? "y" : "n"', "y"),
        ('!var.flag ? "y" : "n"', "n"),
        ('var.open ? "y" : "n"', "…"),
        ('var.open ? "y" : "y"', "y"),
        ('var.given == "b" ? "y" : "n"', "y"),
        ('var.given != "b" || var.open == "c" ? "y" : "n"', "…"),
        ('var.given == "b" || var.open == "c" ? "y" : "n"', "y"),
        ("local.self", "…"),
        ("local.nested.a[0].b", "deep"),
        ('local.nested["a"].0.b', "deep"),
        ("var.list[1]", "b"),
        ('var.map["l"]', "w"),
        ('lookup(var.map, "none", "d")', "d"),
        ('join("-", var.list)', "a-b"),
        ('join("-", concat(var.list, ["c"]))', "a-b-c"),
        ('join("-", concat(var.list, var.open))', "…"),
        ('join("-", [for k, v in var.map : "${k}${v}"])', "kv-lw"),
        ('join("-", [for v in var.list : v if v != "a"])', "b"),
        ('join("-", keys({ for v in var.list : "x${v}" => v }))', "xa-xb"),
        ('join("-", values(merge(var.map, { l = "z" })))', "v-z"),
        ('join("-", flatten([var.list, [["c"]]]))', "a-b-c"),
        ('join("-", distinct(["a", "a"]))', "a"),
        ('join("-", compact(["a", "", "b"]))', "a-b"),
        ('join("-", formatlist("%s!", var.list))', "a!-b!"),
        ('format("%s/%d/%%/%[1]s", "a", 2)', "a/2/%/a"),
        ('split("/", "a/b")[1]', "b"),
        ("element(var.list, 3)", "b"),
        ("length(var.list)", "2"),
        ('upper(trimspace(" a "))', "A"),
        ('replace("a.b", ".", "-")', "a-b"),
        ('replace("arn:aws:iam::1:oidc-provider/host/x", "/^(.*provider/)/", "")', "host/x"),
        ('trimprefix("https://x", "https://")', "x"),
        ('trimsuffix("x/", "/")', "x"),
        ('coalesce(null, "", "c")', "c"),
        ('try(local.nested.none, "d")', "d"),
        ('try(var.list[0], "d")', "a"),
        ('contains(var.list, "b") ? "y" : "n"', "y"),
        ('startswith(var.given, "b") ? "y" : "n"', "y"),
        ('jsondecode("{\\"a\\": [\\"x\\"]}").a[0]', "x"),
        ("1 + 2 * 3", "7"),
        ("aws_secretsmanager_secret.many[1].name", "s1"),
        ('aws_secretsmanager_secret.each["x"].name', "app/x"),
        ('join(" ", aws_secretsmanager_secret.many[*].name)', "s0 s1"),
        ('join(" ", values(aws_secretsmanager_secret.each)[*].name)', "app/x app/y"),
        ('join(" ", [for s in aws_secretsmanager_secret.each : s.name])', "app/x app/y"),
        ("aws_ssm_parameter.one.arn", "arn:…:ssm:…:…:parameter/app/one"),
        ("data.aws_caller_identity.current.account_id", "…"),
        ('"%{ if var.flag }a%{ endif }"', "…"),
        ("unheard_of(1)", "…"),
        ("<<-E\n  a${var.given}\n  E\n", "ab\n"),
    ],
)
def test_expressions(expression: str, text: str) -> None:
    (role,) = found(main=f'{HEAD}resource "aws_iam_role" "r" {{\n  name = {expression}\n}}\n').roles
    assert role.name.shown == text


def test_a_value_stands_where_it_is_written() -> None:
    text = 'locals {\n  name = "eso"\n}\nresource "aws_iam_role" "r" {\n  name = local.name\n}\n'
    (role,) = found(main=text).roles
    assert role.name.span.text == '"eso"'
    assert role.span.text == 'resource "aws_iam_role" "r"'


ROLE = """
resource "aws_iam_role" "r" {
  name               = "eso"
  assume_role_policy = "{}"
}
"""
STATEMENT = f'{{ Effect = "Allow", Action = "{GET}", Resource = "*" }}'


@pytest.mark.parametrize(
    "attached",
    [
        'resource "aws_iam_role_policy" "p" {\n role = aws_iam_role.r.id\n policy = jsonencode({ Statement = [S] })\n}',
        'resource "aws_iam_role_policy" "p" {\n role = "eso"\n policy = jsonencode({ Statement = S })\n}',
        (
            'resource "aws_iam_role_policy" "p" {\n role = aws_iam_role.r.name\n policy = <<-E\n'
            '  {"Statement": [{"Effect": "Allow", "Action": ["secretsmanager:Get*"], "Resource": "*"}]}\n  E\n}'
        ),
        'resource "aws_iam_role_policy" "p" {\n role = aws_iam_role.r.name\n policy = file("${path.module}/p.json")\n}',
        (
            'resource "aws_iam_role_policy" "p" {\n role = aws_iam_role.r.name\n'
            ' policy = templatefile("p.tpl", { action = "secretsmanager:*" })\n}'
        ),
        (
            'resource "aws_iam_policy" "p" {\n policy = jsonencode({ Statement = [S] })\n}\n'
            'resource "aws_iam_role_policy_attachment" "p" {\n role = aws_iam_role.r.name\n'
            " policy_arn = aws_iam_policy.p.arn\n}"
        ),
        (
            'resource "aws_iam_policy" "p" {\n policy = jsonencode({ Statement = [S] })\n}\n'
            'resource "aws_iam_policy_attachment" "p" {\n name = "p"\n roles = [aws_iam_role.r.name]\n'
            " policy_arn = aws_iam_policy.p.arn\n}"
        ),
        (
            'resource "aws_iam_policy" "p" {\n name = "mine"\n policy = jsonencode({ Statement = [S] })\n}\n'
            'resource "aws_iam_role_policy_attachment" "p" {\n role = aws_iam_role.r.name\n'
            ' policy_arn = "arn:aws:iam::123456789012:policy/mine"\n}'
        ),
        (
            'resource "aws_iam_policy" "p" {\n for_each = { a = S }\n policy = jsonencode({ Statement = [each.value] })\n}\n'
            'resource "aws_iam_role_policy_attachment" "p" {\n for_each = aws_iam_policy.p\n role = aws_iam_role.r.name\n'
            " policy_arn = each.value.arn\n}"
        ),
        (
            'data "aws_iam_policy_document" "d" {\n statement {\n actions = ["secretsmanager:GetSecretValue"]\n'
            ' resources = ["*"]\n }\n}\n'
            'data "aws_iam_policy_document" "e" {\n source_policy_documents = [data.aws_iam_policy_document.d.json]\n}\n'
            'resource "aws_iam_role_policy" "p" {\n role = aws_iam_role.r.name\n'
            " policy = data.aws_iam_policy_document.e.json\n}"
        ),
        (
            'data "aws_iam_policy_document" "d" {\n dynamic "statement" {\n for_each = [["secretsmanager:*"]]\n content {\n'
            ' actions = statement.value\n resources = ["*"]\n }\n }\n}\n'
            'resource "aws_iam_role_policy" "p" {\n role = aws_iam_role.r.name\n'
            " policy = data.aws_iam_policy_document.d.json\n}"
        ),
        (
            'module "p" {\n source = "terraform-aws-modules/iam/aws//modules/iam-policy"\n'
            " policy = jsonencode({ Statement = [S] })\n}\n"
            'resource "aws_iam_role_policy_attachment" "p" {\n role = aws_iam_role.r.name\n policy_arn = module.p.arn\n}'
        ),
    ],
    ids=lambda text: " ".join(text.replace('"', "").split())[:60],
)
def test_policies_reach_their_role(attached: str) -> None:
    sources = {
        "p.json": '{"Statement": [{"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*"}]}',
        "p.tpl": '{"Statement": [{"Effect": "Allow", "Action": "${action}", "Resource": "*"}]}',
    }
    (role,) = found(
        main=ROLE + attached.replace("S]", f"{STATEMENT}]").replace("S }", f"{STATEMENT} }}"), **sources
    ).roles
    assert allowed(role, GET, "*").verdict == "granted"
    assert allowed(role, "ssm:GetParameter", "*").verdict == "missing"
    assert not role.open


@pytest.mark.parametrize(
    "more",
    [
        # A policy that is nowhere here, one that is AWS's own, and one for a role that is not known.
        'resource "aws_iam_role_policy_attachment" "p" {\n role = aws_iam_role.r.name\n policy_arn = var.arn\n}',
        (
            'resource "aws_iam_role_policy_attachment" "p" {\n role = aws_iam_role.r.name\n'
            ' policy_arn = "arn:aws:iam::aws:policy/SecretsManagerReadWrite"\n}'
        ),
        (
            'resource "aws_iam_role_policy" "p" {\n role = var.role\n'
            f" policy = jsonencode({{ Statement = [{STATEMENT}] }})\n}}"
        ),
        'resource "aws_iam_role_policy" "p" {\n role = aws_iam_role.r.name\n policy = file("none.json")\n}',
        (
            'resource "aws_iam_role_policy" "p" {\n count = var.on ? 1 : 0\n role = aws_iam_role.r.name\n'
            f" policy = jsonencode({{ Statement = [{STATEMENT}] }})\n}}"
        ),
        'resource "x" "y" {\n broken = = 1\n}',
        "",
    ],
    ids=["unknown", "of-aws", "any-role", "no-file", "perhaps", "broken", "none"],
)
def test_a_role_of_which_not_all_is_seen_is_open(more: str) -> None:
    other = (
        'resource "aws_iam_role_policy" "other" {\n role = aws_iam_role.r.name\n'
        ' policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })\n}\n'
    )
    (role,) = found(main=ROLE + (other if more else "") + more).roles
    assert allowed(role, GET, "*").verdict == "unknown"


def test_overrides_replace_statements_of_their_name() -> None:
    text = ROLE + (
        'data "aws_iam_policy_document" "a" {\n statement {\n sid = "x"\n effect = "Deny"\n actions = ["*"]\n'
        ' resources = ["*"]\n }\n}\n'
        'data "aws_iam_policy_document" "b" {\n'
        " override_policy_documents = [data.aws_iam_policy_document.a.json]\n"
        ' statement {\n sid = "x"\n actions = ["*"]\n resources = ["*"]\n }\n}\n'
        'resource "aws_iam_role_policy" "p" {\n role = aws_iam_role.r.name\n'
        " policy = data.aws_iam_policy_document.b.json\n}\n"
    )
    (role,) = found(main=text).roles
    assert allowed(role, GET, "*").verdict == "denied"


MODULE = """
variable "name" {}
variable "namespace" { default = "external-secrets" }
variable "policy" { default = "" }
resource "aws_iam_role" "this" {
  name = "role-${var.name}"
  assume_role_policy = jsonencode({
    Statement = [{
      Effect = "Allow"
      Principal = { Federated = "x" }
      Action = "sts:AssumeRoleWithWebIdentity"
      Condition = { StringEquals = { "x:sub" = "system:serviceaccount:${var.namespace}:eso" } }
    }]
  })
}
resource "aws_iam_role_policy" "this" {
  count  = var.policy != "" ? 1 : 0
  role   = aws_iam_role.this.name
  policy = var.policy
}
output "name" { value = aws_iam_role.this.name }
output "arn" { value = aws_iam_role.this.arn }
"""


def subject(role: Role) -> str:
    assert role.trust is not None
    return role.trust.statements[0].conditions[0].values[0].shown


def test_each_use_of_a_module_has_its_own_values() -> None:
    text = """
data "aws_iam_policy_document" "read" {
  statement {
    actions   = ["secretsmanager:GetSecretValue"]
    resources = ["*"]
  }
}
module "team" {
  source    = "../modules/role"
  for_each  = { one = "shop", two = "web" }
  name      = each.key
  namespace = each.value
  policy    = data.aws_iam_policy_document.read.json
}
resource "aws_iam_role_policy" "more" {
  role   = module.team["two"].name
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "ssm:*", Resource = "*" }] })
}
resource "aws_eks_pod_identity_association" "a" {
  namespace       = "external-secrets"
  service_account = "eso"
  role_arn        = module.team["one"].arn
}
"""
    made = found(live__main=text, modules__role__main=MODULE)
    one, two = made.roles
    assert [one.name.raw, two.name.raw] == ["role-one", "role-two"]
    assert [subject(one), subject(two)] == ["system:serviceaccount:shop:eso", "system:serviceaccount:web:eso"]
    assert allowed(one, GET, "*").verdict == allowed(two, GET, "*").verdict == "granted"
    assert allowed(one, "ssm:GetParameter", "*").verdict == "missing"
    assert allowed(two, "ssm:GetParameter", "*").verdict == "granted"
    assert made.associations[0].role.shown == "arn:…:iam::…:role/role-one"


def test_a_module_that_nothing_here_calls_has_no_values() -> None:
    (role,) = found(modules__role__main=MODULE).roles
    assert role.name.shown == "role-…"
    assert subject(role) == "system:serviceaccount:…:eso"


ROOT = 'variable "env" { default = "dev" }\nresource "aws_iam_role" "r" {\n  name = "eso-${var.env}"\n}\n'


@pytest.mark.parametrize(
    ("files", "name"),
    [
        ({}, "eso-dev"),
        ({"terraform.tfvars": 'env = "prod"\n'}, "eso-prod"),
        ({"x.auto.tfvars": 'env = "prod"\n'}, "eso-prod"),
        ({"prod.tfvars": 'env = "prod"\n'}, "eso-…"),
        ({"envs__a.tfvars": 'env = "dev"\n'}, "eso-dev"),
        ({"envs__a.tfvars": 'env = "a"\n', "envs__b.tfvars": 'env = "b"\n'}, "eso-…"),
    ],
)
def test_tfvars(files: dict[str, str], name: str) -> None:
    assert [role.name.shown for role in found(main=ROOT, **files).roles] == [name]


def test_modules_that_call_each_other_or_themselves_end() -> None:
    text = 'module "m" {\n source = "../OTHER"\n}\nresource "aws_iam_role" "r" {\n name = "a"\n}\n'
    root = 'module "a" {\n source = "./a"\n}\n'
    made = found(main=root, a__main=text.replace("OTHER", "b"), b__main=text.replace("OTHER", "a"))
    assert [role.name.raw for role in made.roles] == ["a", "a"]
    assert found(main='module "m" {\n source = "./"\n}\nresource "aws_iam_role" "r" {}\n').roles == ()


@pytest.mark.parametrize(
    "lines",
    [
        ['l0 = ["a", "b"]'] + [f"l{i} = concat(local.l{i - 1}, local.l{i - 1})" for i in range(1, 60)],
        ['l0 = "aaaa"'] + [f'l{i} = "${{local.l{i - 1}}}${{local.l{i - 1}}}"' for i in range(1, 60)],
        ['l0 = "aaaa"'] + [f'l{i} = replace(local.l{i - 1}, "a", local.l{i - 1})' for i in range(1, 60)],
        ['l0 = ["a"]'] + [f"l{i} = [local.l{i - 1}, local.l{i - 1}]" for i in range(1, 60)],
        [f"l{i} = local.l{i + 1}" for i in range(2_000)],
        ["l0 = [for a in range(900) : [for b in range(900) : [for c in range(900) : c]]]"],
    ],
    ids=["lists", "texts", "replace", "shared", "chain", "loops"],
)
def test_values_that_grow_without_end_do_not(lines: list[str]) -> None:
    last = "local.l59" if any(line.startswith("l59") for line in lines) else "local.l0"
    text = "locals {\n" + "\n".join(lines) + "\n}\n"
    text += f'resource "aws_iam_role" "r" {{\n  name = {last} == [] ? flatten({last}) : contains({last}, "x")\n}}\n'
    assert len(found(main=text).roles) == 1


def test_what_is_not_read_is_told_and_keeps_roles_open() -> None:
    made = found(**{"main": ROLE + "a = = 1\n", "more.tf.json": "{}", "infra__big": "#" * 1_000_001})
    assert [(u.path, u.why) for u in made.unread] == [
        ("infra/big.tf", "Terraform larger than 1,000,000 bytes"),
        ("more.tf.json", "Terraform in JSON is not read"),
        ("main.tf", "no HCL from here on"),
    ]
    assert made.unread[2].span is not None
    assert all(role.open for role in made.roles)


def test_blocks_of_other_providers_are_given_with_their_values() -> None:
    text = """
locals { project = "shop" }
resource "google_project_iam_member" "eso" {
  for_each = toset(["roles/secretmanager.viewer", "roles/secretmanager.secretAccessor"])
  project  = local.project
  role     = each.value
  member   = "serviceAccount:${google_service_account.eso.email}"
  condition {
    title = "x"
  }
}
resource "google_service_account" "eso" { account_id = "eso" }
resource "google_compute_instance" "vm" { name = "no matter" }
"""
    blocks = found(main=text).blocks
    assert [block.address for block in blocks] == [
        "google_project_iam_member.eso[roles/secretmanager.viewer]",
        "google_project_iam_member.eso[roles/secretmanager.secretAccessor]",
        "google_service_account.eso",
    ]
    assert sorted(blocks[0].attributes) == ["condition", "for_each", "member", "project", "role"]


def test_arns_of_declared_secrets_end_in_letters_by_chance() -> None:
    text = 'resource "aws_secretsmanager_secret" "s" {\n name = "a"\n}\n' + ROLE.replace(
        '"eso"', "aws_secretsmanager_secret.s.arn"
    )
    (role,) = found(main=text).roles
    assert role.name.raw.endswith(f":secret:a-{RANDOM * 6}")


def test_the_summary_tells_what_was_not_read() -> None:
    files = {"main.tf": "a = 1\nb = = 1\n" + ROLE, "more.tf.json": "{}"}
    ws = Workspace([], Config(), sources={path: SourceFile(path, text.encode()) for path, text in files.items()})
    assert unread_notes(ws) == ()
    assert identities(ws).roles
    (note,) = unread_notes(ws)
    assert note == (
        "what `more.tf.json` grants is not read (Terraform in JSON is not read), nor 1 more place; "
        "what is unknown is not reported"
    )


@pytest.mark.parametrize("name", ["main.tf", "main.tofu", "prod.tfvars", "policy.json", "policy.json.tpl"])
def test_what_is_read_here_is_found_in_a_repository(name: str) -> None:
    assert is_relevant(name)


GRANTS_S3 = """
resource "aws_iam_role_policy" "other" {
  role   = aws_iam_role.r.name
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })
}
"""


@pytest.mark.parametrize(
    ("directory", "role", "action", "verdict"),
    [
        # What another state or a variable names may be any role, if the policy is about secrets at all.
        ("addons", "data.terraform_remote_state.eks.outputs.role", GET, "unknown"),
        ("addons", "data.terraform_remote_state.eks.outputs.role", "*", "unknown"),
        ("addons", "data.terraform_remote_state.eks.outputs.role", "ec2:*", "missing"),
        ("addons", "var.role", GET, "unknown"),
        ("addons", '"e${var.role}"', GET, "unknown"),
        ("addons", '"x${var.role}"', GET, "missing"),
        ("addons", '"eso"', GET, "granted"),
        # A module for others is not called for the roles of this repository.
        ("modules__addons", "var.role", GET, "missing"),
    ],
)
def test_attachments_from_elsewhere(directory: str, role: str, action: str, verdict: str) -> None:
    text = (
        f'resource "aws_iam_role_policy" "p" {{\n  role = {role}\n  policy = jsonencode({{ Statement = [{{\n'
        f'    Effect = "Allow", Action = "{action}", Resource = "*" }}] }})\n}}\n'
    )
    made = found(**{"eks__main": ROLE + GRANTS_S3, f"{directory}__main": text})
    assert allowed(made.roles[0], GET, "*").verdict == verdict


def test_exclusive_attachments_attach() -> None:
    text = (
        f'resource "aws_iam_policy" "p" {{\n  policy = jsonencode({{ Statement = [{STATEMENT}] }})\n}}\n'
        'resource "aws_iam_role_policy_attachments_exclusive" "p" {\n  role_name = aws_iam_role.r.name\n'
        "  policy_arns = [aws_iam_policy.p.arn]\n}\n"
    )
    (role,) = found(main=ROLE + text).roles
    assert allowed(role, GET, "*").verdict == "granted"


@pytest.mark.parametrize(
    ("files", "assumed"),
    [
        ({}, True),
        ({"terraform.tfvars": 'prefix = "shop"\n'}, False),
        ({"prod.tfvars": 'prefix = "shop"\n'}, False),
    ],
)
@pytest.mark.parametrize("resource", ["${var.prefix}/*", "${local.prefix}/*", "shop/*"])
def test_grants_that_hang_on_a_default_are_assumed(files: dict[str, str], assumed: bool, resource: str) -> None:
    text = ROLE + (
        'variable "prefix" { default = "shop" }\nlocals { prefix = var.prefix }\n'
        'data "aws_iam_policy_document" "p" {\n  statement {\n    actions = ["secretsmanager:*"]\n'
        f'    resources = ["arn:aws:secretsmanager:*:*:secret:{resource}"]\n  }}\n}}\n'
        'resource "aws_secretsmanager_secret" "first" {\n  name = local.prefix\n}\n'
        'resource "aws_iam_role_policy" "p" {\n  role = aws_iam_role.r.name\n'
        "  policy = data.aws_iam_policy_document.p.json\n}\n"
        'resource "aws_iam_role" "second" {\n  name = "second"\n}\n'
        'resource "aws_iam_role_policy" "q" {\n  role = aws_iam_role.second.name\n'
        "  policy = data.aws_iam_policy_document.p.json\n}\n"
    )
    made = found(main=text, **files).roles
    assert [role.assumed for role in made] == [assumed and "." in resource] * 2


@pytest.mark.parametrize(
    "text",
    [
        'resource "aws_iam_role_policy" "many" {\n  count = 501\n  role = "x"\n  policy = "{}"\n}\n',
        'module "a" {\n  source = "./a"\n  count = 400\n}\n',
    ],
)
def test_more_than_is_looked_at_is_told(text: str) -> None:
    below = 'module "b" {\n  source = "../b"\n  count = 3\n}\n'
    role = 'resource "aws_iam_role" "x" {}\n'
    made = found(main=text + ROLE + GRANTS_S3, a__main=below, b__main=role)
    (eso,) = (role for role in made.roles if role.name.text == "eso")
    assert eso.open
    assert made.unread[0].why == "more instances and values than are looked at"


@pytest.mark.parametrize(
    ("argument", "verdict"),
    [
        ("role = aws_iam_role.r.name", "unknown"),
        ("roles = [aws_iam_role.r.id]", "unknown"),
        ("config = { role = aws_iam_role.r }", "unknown"),
        ("role_arn = aws_iam_role.r.arn", "missing"),
        ("name = aws_s3_bucket.b.id", "missing"),
    ],
)
def test_modules_that_are_not_here_may_attach_to_roles_they_are_given(argument: str, verdict: str) -> None:
    text = f'module "m" {{\n  source = "git::https://example.org/attach.git"\n  {argument}\n}}\n'
    (role,) = found(main=ROLE + GRANTS_S3 + text).roles
    assert allowed(role, GET, "*").verdict == verdict
