#!/bin/sh
# What a container runs:  snakescribe ...  |  snakemake ...  |  demo
# Words that begin with `-` are Snakemake's options; any other program runs as it is.
set -eu

home=/opt/snakescribe

# `--user` may name a user who is not in the image: PostgreSQL and others ask for a name.
if ! getent passwd "$(id -u)" >/dev/null; then
    HOME=$(mktemp -d)
    NSS_WRAPPER_PASSWD=$HOME/passwd NSS_WRAPPER_GROUP=/etc/group LD_PRELOAD=libnss_wrapper.so
    export HOME NSS_WRAPPER_PASSWD NSS_WRAPPER_GROUP LD_PRELOAD
    echo "caller:x:$(id -u):$(id -g)::$HOME:/bin/sh" >"$NSS_WRAPPER_PASSWD"
fi

case ${1:-} in
    -*) set -- snakemake "$@" ;;
    demo)
        shift
        mkdir -p resources config
        cp -R "$home/resources/demo" resources/
        cp "$home/config/demo.yaml" config/
        set -- snakemake --configfile config/demo.yaml "$@"
        ;;
esac

if [ "${1:-}" = snakemake ]; then
    shift
    own=yes
    for word in "$@"; do
        case $word in -s | --snakefile | --snakefile=*) own=no ;; esac
    done
    if [ -e Snakefile ] || [ -e workflow/Snakefile ]; then own=no; fi
    if [ "$own" = yes ]; then set -- --snakefile "$home/workflow/Snakefile" "$@"; fi
    set -- snakemake "$@"
fi
exec "$@"
