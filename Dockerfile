# isogloss on processors, from the pinned versions of constraints.txt, run by an unprivileged user.
#
#   docker build --tag isogloss .
#   mkdir -p out
#   docker run --rm --user "$(id -u):$(id -g)" --env HOME=/tmp --volume "$PWD/out:/work" isogloss     # out/demo.html
#
# Where pip's usual index brings a PyTorch for GPUs, name an index of CPU builds: --build-arg PIP_EXTRA_INDEX_URL=...
FROM python:3.11-slim-bookworm
ARG PIP_INDEX_URL
ARG PIP_EXTRA_INDEX_URL
ENV PYTHONUNBUFFERED=1 OMP_NUM_THREADS=1
WORKDIR /src
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY src src
RUN python -m pip install --no-cache-dir --constraint constraints.txt . && python -m pip check
RUN useradd --create-home --uid 1000 isogloss && install --directory --owner isogloss --group isogloss /work
USER isogloss
WORKDIR /work
CMD isogloss run demo && \
    isogloss measure demo --measures jaccard,mmd --limit 100 && \
    isogloss analyse demo > /dev/null && \
    isogloss report demo
