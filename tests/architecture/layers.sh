#!/bin/sh
# layers.sh ROOT: every #include "…" follows the arrows, and each library stays with the
# layer that wraps it. Names each offence; exit status 1 when there is one.
# Changing a line of these two tables is a design decision.
set -eu
cd "$1"

find common agent aggregator tests -name '*.[ch]' 2>/dev/null | LC_ALL=C sort | LC_ALL=C xargs -r awk '
BEGIN {
    kernel = "common/base common/model common/catalogue common/cube common/wire"
    kernel = kernel " common/storage common/format common/runtime common/web"
    sees["common/base"]      = ""
    sees["common/model"]     = "common/base"
    sees["common/catalogue"] = "common/base common/model"
    sees["common/cube"]      = "common/base common/model common/catalogue"
    sees["common/wire"]      = "common/base common/model proto"
    sees["common/storage"]   = "common/base"
    sees["common/format"]    = "common/base"
    sees["common/runtime"]   = "common/base"
    sees["common/web"]       = "common/base common/runtime"
    sees["agent"]            = kernel
    sees["aggregator"]       = kernel
    sees["tests"]            = kernel " proto agent aggregator"

    home["lmdb.h"]       = "common/storage tests"
    home["zmq.h"]        = "common/wire common/runtime tests"
    home["sodium.h"]     = "common/base common/wire tests"
    home["microhttpd.h"] = "common/web tests"
}

function layer_of(path,    parts) {
    if (path ~ /\.pb-c\.h$/)
        return "proto"
    split(path, parts, "/")
    return parts[1] == "common" ? parts[1] "/" parts[2] : parts[1]
}

function among(word, list) {
    return index(" " list " ", " " word " ") > 0
}

function offend(why) {
    printf "%s:%d: %s\n", FILENAME, FNR, why
    broken = 1
}

/^[ \t]*#[ \t]*include/ {
    own = layer_of(FILENAME)
    target = $0
    quoted = target ~ /"/
    sub(/^[^"<]*["<]/, "", target)
    sub(/[">].*$/, "", target)
    if (target ~ /\.c$/)
        offend("a source is never included: " target)
    if (!(own in sees))
        offend("no such layer: " own)
    seen = layer_of(target)
    if ((quoted || seen == "proto") && seen != own && !among(seen, sees[own]))
        offend(own " may not include " target)
    if ((target in home) && !among(own, home[target]))
        offend("<" target "> belongs to " home[target] ", not to " own)
}

END { exit broken }
'
