#!/bin/sh
# messages.sh FILE: each entry of the message table has a Chinese and an English text with
# the same conversions in the same order.
set -eu

LC_ALL=C awk '
function offend(why) {
    printf "%s:%d: %s: %s\n", FILENAME, first, name, why
    broken = 1
}

# Splits SAY(…) into texts[1..]: what stands in quotes, and macros such as PRIu64 as <PRIu64>.
function read_texts(entry,    i, c, quoted, count) {
    split("", texts)
    count = 1
    quoted = 0
    for (i = 1; i <= length(entry); i++) {
        c = substr(entry, i, 1)
        if (c == "\\" && quoted) {
            texts[count] = texts[count] substr(entry, i, 2)
            i++
        } else if (c == "\"")
            quoted = !quoted
        else if (quoted)
            texts[count] = texts[count] c
        else if (c == ",")
            count++
        else if (match(substr(entry, i), /^[A-Za-z_][A-Za-z0-9_]*/)) {
            texts[count] = texts[count] "<" substr(entry, i, RLENGTH) ">"
            i += RLENGTH - 1
        }
    }
    return count
}

function conversions(text,    found) {
    gsub(/%%/, "", text)
    while (match(text, /%[-+ #0-9.*]*(<PRI[a-zA-Z0-9]+>|[hlzjt]*[a-zA-Z])/)) {
        found = found " " substr(text, RSTART, RLENGTH)
        text = substr(text, RSTART + RLENGTH)
    }
    return found
}

function check(entry,    body) {
    name = entry
    sub(/^#define[ \t]+/, "", name)
    sub(/[ \t(].*$/, "", name)
    if (name ~ /_H$/)
        return
    if (entry !~ /[ \t](SAY|WORDS)\(.*\)[ \t]*$/) {
        offend("is not SAY(…) or WORDS(…)")
        return
    }
    body = entry
    sub(/^#define[ \t]+[A-Za-z0-9_]+[ \t]+(SAY|WORDS)\(/, "", body)
    sub(/\)[ \t]*$/, "", body)
    entries++
    if (read_texts(body) != 2 || texts[1] == "" || texts[2] == "")
        offend("needs a Chinese and an English text")
    else if (conversions(texts[1]) != conversions(texts[2]))
        offend("the conversions differ:" conversions(texts[1]) " /" conversions(texts[2]))
    else if (texts[1] !~ /[\200-\377]/ && texts[1] ~ /[A-Za-z][A-Za-z][A-Za-z]/ && \
             texts[1] !~ /<PRI/)
        offend("the first text is not Chinese")
}

/^#define/ { entry = ""; first = FNR; reading = 1 }
reading {
    line = $0
    continued = sub(/\\$/, "", line)
    entry = entry " " line
    if (!continued) {
        sub(/^ /, "", entry)
        check(entry)
        reading = 0
    }
}
END {
    if (!entries) {
        print FILENAME ": no entries found"
        broken = 1
    }
    exit broken
}
' "$1"
