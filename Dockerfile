# One image, two kinds of process: web (`manage.py serve`) and worker (`celery -A csms worker`).

FROM python:3.11-slim-bookworm AS dependencies
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements.lock /tmp/requirements.lock
RUN /opt/venv/bin/pip install --require-hashes --no-deps --requirement /tmp/requirements.lock

FROM python:3.11-slim-bookworm
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    CSMS_DATA_DIR=/var/lib/stationmaster \
    CSMS_HASHED_STATIC=1 \
    CSMS_STATIC_ROOT=/app/staticfiles
RUN groupadd --gid 10001 stationmaster \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/stationmaster \
        --shell /usr/sbin/nologin stationmaster \
    && install -d -o stationmaster -g stationmaster -m 0750 /var/lib/stationmaster
COPY --from=dependencies /opt/venv /opt/venv
WORKDIR /app
COPY . .
# The secrets of this step sign nothing and do not stay in the image.
RUN CSMS_DATA_DIR=/tmp/build CSMS_SECRET_KEY=build CSMS_CREDENTIAL_PEPPER=build \
        python manage.py collectstatic --noinput --verbosity 0 \
    && rm -rf /tmp/build
USER stationmaster
VOLUME /var/lib/stationmaster
EXPOSE 8000
# uvicorn gives open requests and sockets ten seconds after SIGTERM.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=6s --start-period=30s --retries=3 \
    CMD ["python", "scripts/healthcheck.py", "8000"]
CMD ["python", "manage.py", "serve", "--host", "0.0.0.0", "--port", "8000"]
