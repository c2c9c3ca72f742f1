#include "tests/agent/written_log.h"

#include "common/wire/proof.h"

/* RFC 6962, section 2.1, as it stands there. */
static size_t split(size_t count)
{
    size_t left = 1;
    while (left * 2 < count)
        left *= 2;
    return left;
}

struct digest written_root(const struct digest *leaves, size_t count)
{
    if (count == 1)
        return leaves[0];
    size_t left = split(count);
    struct digest one = written_root(leaves, left);
    struct digest other = written_root(leaves + left, count - left);
    return proof_node(&one, &other);
}

size_t written_path(const struct digest *leaves, size_t count, size_t at, struct digest *out)
{
    if (count == 1)
        return 0;
    size_t left = split(count);
    bool right = at >= left;
    size_t length = right ? written_path(leaves + left, count - left, at - left, out)
                          : written_path(leaves, left, at, out);
    out[length] = right ? written_root(leaves, left) : written_root(leaves + left, count - left);
    return length + 1;
}

size_t written_extension(const struct digest *leaves, size_t count, size_t old, bool whole,
                         struct digest *out)
{
    if (old == count) {
        if (whole)
            return 0;
        out[0] = written_root(leaves, count);
        return 1;
    }
    size_t left = split(count), length;
    if (old <= left) {
        length = written_extension(leaves, left, old, whole, out);
        out[length] = written_root(leaves + left, count - left);
    } else {
        length = written_extension(leaves + left, count - left, old - left, false, out);
        out[length] = written_root(leaves, left);
    }
    return length + 1;
}
