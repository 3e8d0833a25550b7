# As base.Dockerfile, but with a real s6-overlay, whose release archives for this
# machine's architecture lie in the folder s6-overlay (noarch, the architecture's, and the two with symlinks).
FROM scratch
ADD rootfs.tar /
ADD s6-overlay/s6-overlay-*.tar.xz /
# As Home Assistant's base sets them.
ENV LANG="C.UTF-8" \
    S6_BEHAVIOUR_IF_STAGE2_FAILS=2 \
    S6_CMD_WAIT_FOR_SERVICES_MAXTIME=0 \
    S6_CMD_WAIT_FOR_SERVICES=1 \
    S6_SERVICES_READYTIME=50
ENTRYPOINT ["/init"]
