#!/bin/sh
# controls.sh: the other scripts of this folder see what they look for. Seeds one offence
# after the other in a small tree, and expects it to be named.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
missed=0

# seed FILE: writes standard input there.
seed() {
    mkdir -p "$tree/$(dirname "$1")"
    cat >"$tree/$1"
}

# expect_offence SCRIPT WORDS: the script refuses the tree, and says these words.
expect_offence() {
    subject=$tree
    [ "$1" = messages.sh ] && subject=$tree/messages.h
    if said=$(sh "$here/$1" "$subject" 2>&1); then
        echo "$1 accepted a tree with: $2"
        missed=1
    elif ! printf '%s\n' "$said" | grep -qF -- "$2"; then
        echo "$1 did not say: $2"
        printf '%s\n' "$said"
        missed=1
    fi
    rm -rf "$tree"/*
}

expect_clean() {
    subject=$tree
    [ "$1" = messages.sh ] && subject=$tree/messages.h
    sh "$here/$1" "$subject" || { echo "$1 refused a clean tree"; missed=1; }
    rm -rf "$tree"/*
}

lines() {
    awk -v count="$1" 'BEGIN { for (i = 0; i < count; i++) print "    ;" }'
}

# include FILE LINE WORDS: the include in this file is an offence.
include() {
    printf '%s\n' "$2" | seed "$1"
    expect_offence layers.sh "$3"
}
include common/base/a.c '#include "common/model/b.h"' 'common/base/a.c:1: common/base may not include common/model/b.h'
include common/model/a.h '# include "common/storage/b.h"' 'common/model may not include'
include common/cube/a.c '#include "common/wire/b.h"' 'common/cube may not include'
include agent/a.c '#include "aggregator/b.h"' 'agent may not include aggregator/b.h'
include aggregator/deep/a.c '#include "agent/b.h"' 'aggregator may not include agent/b.h'
include common/runtime/a.c '#include "agent/b.h"' 'common/runtime may not include'
include agent/a.c '#include "proto/statement.pb-c.h"' 'agent may not include proto/statement.pb-c.h'
include common/model/a.c '#include <statement.pb-c.h>' 'common/model may not include'
include agent/a.c '#include <lmdb.h>' '<lmdb.h> belongs to'
include common/storage/a.c '#include <zmq.h>' '<zmq.h> belongs to'
include common/storage/a.c '#include <sodium.h>' '<sodium.h> belongs to'
include aggregator/a.c '#include <microhttpd.h>' '<microhttpd.h> belongs to'
include common/other/a.c '#include <stdio.h>' 'no such layer: common/other'
include tests/common/a.c '#include "common/base/number.c"' 'a source is never included'

seed common/wire/a.c <<'END'
#include "proto/statement.pb-c.h"
#include <zmq.h>
#include <sodium.h>
#include "common/model/b.h"
END
printf '#include "common/cube/b.h"\n' | seed agent/a.c
expect_clean layers.sh

{ echo 'int much(void)'; echo '{'; lines 69; echo '}'; } | seed common/base/a.c
expect_offence function_size.sh 'common/base/a.c:2: 71 lines, a function has at most 70: int much(void)'
lines 501 | seed agent/a.c
expect_offence function_size.sh 'agent/a.c: 501 lines'
lines 101 | seed agent/a.h
expect_offence function_size.sh 'agent/a.h: 101 lines'
{ echo 'int enough(void)'; echo '{'; lines 68; echo '}'; } | seed common/base/a.c
lines 500 | seed agent/a.c
lines 100 | seed agent/a.h
expect_clean function_size.sh

# entry TEXT WORDS: this entry is an offence.
entry() {
    printf '%s\n' "$1" | seed messages.h
    expect_offence messages.sh "$2"
}
entry '#define MESSAGE_A SAY("打开 %s")' 'MESSAGE_A: needs a Chinese and an English text'
entry '#define MESSAGE_A SAY("打开 %s", "")' 'MESSAGE_A: needs'
entry '#define MESSAGE_A SAY("第 %d 行 %s", "%s in row %d")' 'MESSAGE_A: the conversions differ'
entry '#define MESSAGE_A SAY("%" PRIu64 " 行", "%" PRId64 " rows")' 'MESSAGE_A: the conversions differ'
entry '#define MESSAGE_A SAY("%d 行", "rows")' 'MESSAGE_A: the conversions differ'
entry '#define MESSAGE_A SAY("only English", "only English")' 'MESSAGE_A: the first text is not Chinese'
entry '#define MESSAGE_A "plain"' 'MESSAGE_A: is not SAY'
entry '/* nothing */' 'no entries found'

seed messages.h <<'END'
#ifndef A_MESSAGES_H
#define A_MESSAGES_H
#define MESSAGE_A SAY("%s：第 %zu 行，%" PRIu64 " 个，100%%", "%s, row %zu: %" PRIu64 " of them, 100 %%")
#define MESSAGE_B \
    SAY("“%s”不是 \"%.*s\"", \
        "'%s', is not \"%.*s\"")
#define WORDS_C WORDS("缺报", "missing")
#endif
END
expect_clean messages.sh

exit $missed
