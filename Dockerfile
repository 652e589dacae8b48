# docker build -t headgate .
# docker run --name headgate -p 8080:8080 -e HEADGATE_SIGNING_SECRET -e HEADGATE_ADMIN_TOKEN -e STRIPE_SECRET \
#     -v headgate:/data -v ./routes:/etc/headgate/routes:ro --stop-timeout 35 headgate
# docker exec headgate headgate deliveries list
#
# A directory that is mounted at /data must belong to uid 10001.

FROM swift:6.3-bookworm AS builder
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends libcurl4-openssl-dev libssl-dev libsqlite3-dev pkg-config \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY Package.swift ./
COPY Sources Sources
# SwiftPM refuses a manifest whose test targets have no directory.
COPY Tests Tests
RUN swift build --configuration release --static-swift-stdlib --product headgate \
    && install -D .build/release/headgate /out/headgate

FROM debian:bookworm-slim
# libcurl sends, OpenSSL verifies and signs, SQLite is the ledger; the certificates are for subscribers with https.
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends \
        ca-certificates libcurl4 libsqlite3-0 libssl3 libstdc++6 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin headgate \
    && install -d -o headgate -g headgate -m 0700 /data \
    && install -d /etc/headgate/routes
COPY --from=builder /out/ /usr/local/bin/
# To look at: two of them believe an address alone. What is served is mounted at /etc/headgate/routes.
COPY routes /usr/share/headgate/routes

ENV HEADGATE_ROUTES=/etc/headgate/routes \
    HEADGATE_LEDGER=/data/ledger.db \
    HEADGATE_LISTEN=0.0.0.0:8080 \
    HEADGATE_ADMIN=127.0.0.1:8081 \
    HEADGATE_LOG_FORMAT=json

USER headgate
WORKDIR /data
VOLUME /data
# The intake. The admin listener stays inside the container unless HEADGATE_ADMIN says otherwise.
EXPOSE 8080
# SIGTERM drains for up to 30 seconds, longer than Docker waits by default: hence --stop-timeout above.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s --retries=3 CMD ["headgate", "healthz"]
ENTRYPOINT ["headgate"]
CMD ["serve"]
