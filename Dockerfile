# Energy Ledger for Home Assistant.
#
# Every image is an argument, so that it can be built where these registries can't be reached (npm run image).
ARG BUILD_FROM=ghcr.io/home-assistant/base-debian:trixie
ARG NODE_IMAGE=docker.io/library/node:26.10.0-trixie-slim
ARG JAVA_IMAGE=docker.io/library/maven:3.9-eclipse-temurin-21
ARG GO_IMAGE=docker.io/library/golang:1.26-trixie

# ---- The process's libraries, the panel, and Node itself ----
FROM ${NODE_IMAGE} AS node
WORKDIR /build
COPY package.json package-lock.json ./
# No install scripts: the only one fetches a second Node.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
    && mkdir -p /out/opt/energy-ledger \
    && cp -a node_modules package.json /out/opt/energy-ledger/ \
    # Types, source maps and manuals are a quarter of the libraries, and nothing reads them at run time.
    && find /out/opt/energy-ledger/node_modules -type f \
        \( -name '*.map' -o -name '*.md' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -delete \
    && rm -rf /out/opt/energy-ledger/node_modules/.bin /out/opt/energy-ledger/node_modules/.package-lock.json
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY src src
COPY ui ui
RUN ./node_modules/.bin/vite build --config ui/vite.config.ts \
    && mkdir -p /out/opt/energy-ledger/dist \
    && cp -a dist/panel /out/opt/energy-ledger/dist/panel \
    && cp -a src /out/opt/energy-ledger/src
# Node, and the one library that it needs beyond those of Home Assistant's base.
RUN mkdir -p /out/usr/bin /out/usr/lib \
    && node="$(node -p process.execPath)" \
    && cp "$node" /out/usr/bin/node \
    && cp -L "$(ldd "$node" | awk '/libatomic/ { print $3 }')" /out/usr/lib/

# ---- QuestDB, and a Java runtime with just the modules that it uses ----
FROM ${JAVA_IMAGE} AS java
ARG QUESTDB_VERSION=9.3.4
ARG QUESTDB_SHA256=939bc53ab22f93dbaa6545143a6e7c536d4904c07b7f2d381e8eef10436be062
RUN mvn --batch-mode --quiet org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy \
        "-Dartifact=org.questdb:questdb:${QUESTDB_VERSION}" -DoutputDirectory=/out/usr/lib/questdb \
    && mv "/out/usr/lib/questdb/questdb-${QUESTDB_VERSION}.jar" /out/usr/lib/questdb/questdb.jar \
    && echo "${QUESTDB_SHA256}  /out/usr/lib/questdb/questdb.jar" | sha256sum --check --quiet
# What QuestDB's module declares that it requires, and elliptic curves for TLS.
RUN jlink --add-modules java.base,java.desktop,java.management,java.sql,jdk.management,jdk.unsupported,jdk.crypto.ec \
        --strip-java-debug-attributes --no-header-files --no-man-pages --compress=zip-6 --output /out/usr/lib/java \
    && mkdir -p /out/usr/bin \
    && ln -s /usr/lib/java/bin/java /out/usr/bin/java

# ---- The document server ----
FROM ${GO_IMAGE} AS document-server
WORKDIR /build
COPY addon/document-server/go.mod addon/document-server/go.sum ./
RUN go mod download
COPY addon/document-server ./
RUN ./build /out/usr/lib/energy-ledger/document-server

# ---- What runs ----
FROM ${BUILD_FROM}
RUN useradd --system --user-group --uid 900 --no-create-home --home-dir /data --shell /usr/sbin/nologin \
        energy-ledger
COPY --from=java /out /
COPY --from=document-server /out /
COPY --from=node /out /
COPY rootfs /

# Named by the Supervisor; the defaults are for builds by hand.
ARG BUILD_VERSION=dev
ARG BUILD_ARCH=amd64
LABEL \
    io.hass.name="Energy Ledger" \
    io.hass.description="Records every energy reading of your home and keeps a ledger whose figures can be explained" \
    io.hass.type="app" \
    io.hass.version="${BUILD_VERSION}" \
    io.hass.arch="${BUILD_ARCH}" \
    org.opencontainers.image.title="Energy Ledger" \
    org.opencontainers.image.licenses="Apache-2.0" \
    org.opencontainers.image.version="${BUILD_VERSION}"

# The first start on a small board with a slow disk: Java, a database to recover, Node.
HEALTHCHECK --interval=30s --timeout=10s --start-period=180s --retries=3 \
    CMD ["/usr/lib/energy-ledger/health"]
