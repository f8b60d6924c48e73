# One image for every role: docker run IMAGE shards | worker | scheduler | migrate | playground | doctor
FROM node:24-bookworm-slim AS page
WORKDIR /page
COPY playground/page/package.json playground/page/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY playground/page/ ./
RUN npm run build

FROM python:3.11-slim-bookworm AS packages
RUN pip install --no-cache-dir uv==0.13.9
COPY requirements.lock /
RUN uv venv /opt/yourtale \
    && uv pip install --no-cache --compile-bytecode --require-hashes --python /opt/yourtale -r /requirements.lock

FROM python:3.11-slim-bookworm
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin yourtale
COPY --from=packages /opt/yourtale /opt/yourtale
WORKDIR /app
COPY deploy/image/yourtale /usr/local/bin/yourtale
COPY LICENSE ./
COPY migrations/ migrations/
COPY playground/ playground/
COPY --from=page /page/dist/ playground/page/dist/
COPY core/ core/
COPY cogs/ cogs/
COPY bot/ bot/
RUN python -m compileall -q bot cogs core migrations playground
# In a container the network of the container is the border, so each role listens on all of it, on one port.
ENV PATH=/opt/yourtale/bin:$PATH \
    PYTHONPATH=/app \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    YOURTALE_HOST=0.0.0.0 \
    YOURTALE_PORT_SHARDS=8100 \
    YOURTALE_PORT_WORKER=8100 \
    YOURTALE_PORT_SCHEDULER=8100
USER 10001:10001
EXPOSE 8100
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8100/healthz', timeout=4)"]
ENTRYPOINT ["yourtale"]
CMD ["help"]
