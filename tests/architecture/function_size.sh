#!/bin/sh
# function_size.sh ROOT: no function over 70 lines, no source over 500, no header over 100.
# Reads code as clang-format leaves it: a function's braces stand alone in the first column.
set -eu
cd "$1"

find common agent aggregator tests -name '*.[ch]' 2>/dev/null | LC_ALL=C sort | LC_ALL=C xargs -r awk '
BEGIN {
    function_max = 70
    source_max = 500
    header_max = 100
    long_header["common/base/messages.h"] = "one table for all messages"
    long_header["common/catalogue/catalogue.h"] = "what a catalogue compiles to is read together"
    long_header["common/catalogue/expression.h"] = "one list of operations"
    long_header["common/base/seeded_bug.h"] = "one list of all bugs"
    long_header["common/wire/message.h"] = "one list of messages"
    long_header["common/base/seeded_bug.h"] = "one list of bugs"
    long_header["common/model/submission.h"] = "the stages of a return are read together"
}

function check_file() {
    if (path ~ /\.c$/ && lines > source_max)
        offend(path ": " lines " lines, a source has at most " source_max)
    if (path ~ /\.h$/ && lines > header_max && !(path in long_header))
        offend(path ": " lines " lines, a header has at most " header_max)
}

function offend(what) {
    print what
    broken = 1
}

FNR == 1 {
    check_file()
    path = FILENAME
    inside = 0
}
{ lines = FNR }
/^[a-z].*\(/ && !inside { name = $0 }
/^\{$/ { inside = 1; first = FNR }
/^\}$/ && inside {
    inside = 0
    if (FNR - first + 1 > function_max)
        offend(path ":" first ": " FNR - first + 1 " lines, a function has at most " \
               function_max ": " name)
}
END {
    check_file()
    exit broken
}
'
