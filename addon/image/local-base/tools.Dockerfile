# In the place of the official Node, Maven and Go images: all three in one, from Debian and npm.
FROM scratch
ADD rootfs.tar /
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends \
        golang-go libatomic1 maven openjdk-21-jdk-headless \
    && rm -rf /var/lib/apt/lists/*
COPY node /usr/local/bin/node
COPY npm /usr/local/lib/npm
RUN ln -s ../lib/npm/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
# Where the machine has certificates of its own, Node is to trust them as curl, Maven and Go do.
ENV NODE_EXTRA_CA_CERTS="/etc/ssl/certs/ca-certificates.crt" PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
