# DataTasker in a container: `docker compose up` (compose.yaml), or see README.md.
#
# The code is owned by root and read-only for the service, which runs as the image's user `deno` (uid 1993).
# All that changes lives in the volume /data. After a change here: scripts/prove_container.sh.
FROM denoland/deno:2.9.6

WORKDIR /app

# Dependencies first: this layer is rebuilt only when they change. `--frozen`: what deno.lock pins, or nothing.
ENV DENO_DIR=/deno-dir DENO_NO_UPDATE_CHECK=1
COPY deno.json deno.lock ./
RUN deno install --frozen

# Then the code, compiled into the cache for each process that starts here. runner.ts is one that nothing imports:
# left out, every runner would take 150 ms longer to start.
COPY main.ts worker.ts ./
COPY scripts ./scripts
COPY src ./src
RUN deno cache --frozen \
    main.ts worker.ts src/worker/runner.ts scripts/permission.ts scripts/health.ts \
 && chmod -R a+rX,go-w /deno-dir /app

RUN install -d -o deno -g deno -m 0700 /data
VOLUME /data
ENV DATATASKER_HOST=0.0.0.0 DATATASKER_PORT=8000 DATATASKER_DATA_DIR=/data
EXPOSE 8000

USER deno
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["deno", "task", "-q", "health"]

# `deno task` passes signals on; 30 s is what a shutdown may take (compose.yaml: stop_grace_period).
STOPSIGNAL SIGTERM
CMD ["deno", "task", "-q", "start"]
