# As base.Dockerfile, but with a real s6-overlay, whose release archives lie in the folder s6-overlay.
FROM scratch
ADD rootfs.tar /
ADD s6-overlay/s6-overlay-noarch.tar.xz /
ADD s6-overlay/s6-overlay-arch.tar.xz /
ADD s6-overlay/s6-overlay-symlinks-noarch.tar.xz /
ADD s6-overlay/s6-overlay-symlinks-arch.tar.xz /
# As Home Assistant's base sets them.
ENV LANG="C.UTF-8" \
    S6_BEHAVIOUR_IF_STAGE2_FAILS=2 \
    S6_CMD_WAIT_FOR_SERVICES_MAXTIME=0 \
    S6_CMD_WAIT_FOR_SERVICES=1 \
    S6_SERVICES_READYTIME=50
ENTRYPOINT ["/init"]
