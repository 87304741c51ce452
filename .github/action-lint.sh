#!/usr/bin/env bash
# One run of eso-lint for action.yml: the text goes to the log, the reports to files, the exit code to an output.
set -u
sarif="$RUNNER_TEMP/eso-lint.sarif"
json="$RUNNER_TEMP/eso-lint.json"
annotations="$RUNNER_TEMP/eso-lint-annotations.txt"
python="$RUNNER_TEMP/eso-lint/bin/python"

args=(check --fail-on "$INPUT_FAIL_ON" --report "sarif:$sarif" --report "json:$json" --report "github:$annotations")
[ -n "$INPUT_CONFIG" ] && args+=(--config "$INPUT_CONFIG")
[ -n "$INPUT_PROFILE" ] && args+=(--profile "$INPUT_PROFILE")
[ "$INPUT_SUMMARY" = true ] && args+=(--report "markdown:$GITHUB_STEP_SUMMARY")
if [ "$INPUT_CHANGED_ONLY" = true ]; then
  if [ -n "$BASE_REF" ]; then
    args+=(--changed-since "origin/$BASE_REF")
  elif [ -n "${BEFORE//0/}" ]; then
    args+=(--changed-since "$BEFORE")
  fi
fi
while IFS= read -r line; do [ -n "$line" ] && args+=("$line"); done <<<"$INPUT_EXTRA_ARGS"
args+=(--)
while IFS= read -r line; do [ -n "$line" ] && args+=("$line"); done <<<"$INPUT_PATHS"

PYTHONPATH="$GITHUB_ACTION_PATH" PYTHONSAFEPATH=1 "$python" -m eso_lint "${args[@]}"
code=$?
{
  echo "exit-code=$code"
  echo "sarif-file=$sarif"
  echo "annotations-file=$annotations"
  if [ -f "$json" ]; then
    "$python" - "$json" <<'PY'
import collections, json, sys
with open(sys.argv[1], encoding="utf-8") as stream:
    severities = collections.Counter(finding["severity"] for finding in json.load(stream)["findings"])
print(f"findings={sum(severities.values())}\nerrors={severities['error']}\nwarnings={severities['warning']}")
PY
  fi
} >>"$GITHUB_OUTPUT"
