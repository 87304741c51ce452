FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY eso_lint eso_lint
COPY schemas schemas
RUN python -m venv /opt/eso-lint && /opt/eso-lint/bin/pip install --no-cache-dir --no-compile . \
    && /opt/eso-lint/bin/python -m compileall -q /opt/eso-lint/lib

FROM python:3.13-slim
RUN apt-get update && apt-get install --yes --no-install-recommends git && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 65532 --no-create-home --shell /usr/sbin/nologin eso-lint \
    && git config --system --add safe.directory '*'
COPY --from=build /opt/eso-lint /opt/eso-lint
ENV PATH=/opt/eso-lint/bin:$PATH PYTHONDONTWRITEBYTECODE=1
USER 65532:65532
WORKDIR /repo
# docker run --rm --read-only -v "$PWD:/repo:ro" eso-lint
ENTRYPOINT ["eso-lint"]
CMD ["check", "."]
