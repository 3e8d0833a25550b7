# In the place of Home Assistant's base image, for machines that can't reach its registry: Debian as debootstrap
# made it (rootfs.tar), with what the base brings and the app uses, and stand-ins for s6-overlay (see init).
FROM scratch
ADD rootfs.tar /
COPY init /init
COPY with-contenv /command/with-contenv
COPY halt /run/s6/basedir/bin/halt
ENV LANG="C.UTF-8" PATH="/command:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
ENTRYPOINT ["/init"]
