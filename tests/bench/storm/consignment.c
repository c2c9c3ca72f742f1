#include "tests/bench/storm/consignment.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/storage/file.h"
#include "tests/bench/workload.h"

#define FILE_SIZE_MAX ((size_t)1 << 30)
#define NUMBER_SIZE 4

static void put_number(FILE *file, size_t number)
{
    unsigned char bytes[NUMBER_SIZE];
    bytes_put_u32(bytes, (unsigned)number);
    fwrite(bytes, 1, sizeof bytes, file);
}

static bool put_agent(FILE *file, struct workload *workload, size_t agent, size_t each,
                      struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    for (size_t i = 0; i < each; i++) {
        struct parcel parcel;
        if (!workload_seal(workload, agent, arena, &parcel, err))
            return false;
        put_number(file, parcel.sealed.size);
        fwrite(parcel.sealed.data, 1, parcel.sealed.size, file);
    }
    return true;
}

bool consignment_write(struct workload *workload, size_t each, const char *path, struct error *err)
{
    FILE *file = fopen(path, "w");
    if (!file)
        return error_set(err, ERROR_SYSTEM, "%s: %s", path, strerror(errno));
    bool good = true;
    put_number(file, workload_devices(workload));
    put_number(file, each);
    for (size_t agent = 0; agent < workload_devices(workload) && good; agent++)
        good = put_agent(file, workload, agent, each, err);
    if (fclose(file) != 0 && good)
        return error_set(err, ERROR_SYSTEM, "%s: %s", path, strerror(errno));
    return good;
}

static bool take_number(struct bytes *rest, size_t *out)
{
    if (rest->size < NUMBER_SIZE)
        return false;
    *out = bytes_get_u32(rest->data);
    *rest =
        (struct bytes){ (const unsigned char *)rest->data + NUMBER_SIZE, rest->size - NUMBER_SIZE };
    return true;
}

static bool take_sealed(struct bytes *rest, struct bytes *out)
{
    size_t size;
    if (!take_number(rest, &size) || size > rest->size)
        return false;
    *out = (struct bytes){ rest->data, size };
    *rest = (struct bytes){ (const unsigned char *)rest->data + size, rest->size - size };
    return true;
}

static bool take_all(struct bytes rest, struct arena *arena, struct consignment *out)
{
    *out = (struct consignment){ 0 };
    if (!take_number(&rest, &out->agents) || !take_number(&rest, &out->each) ||
        out->agents > WORKLOAD_DEVICES_MAX || out->each > CONSIGNMENT_EACH_MAX)
        return false;
    out->sealed = arena_take(arena, out->agents * out->each, sizeof *out->sealed);
    for (size_t i = 0; i < out->agents * out->each; i++) {
        if (!take_sealed(&rest, &out->sealed[i]))
            return false;
        out->size += out->sealed[i].size;
    }
    return rest.size == 0;
}

bool consignment_read(const char *path, struct arena *arena, struct consignment *out,
                      struct error *err)
{
    struct bytes content;
    return file_read(path, FILE_SIZE_MAX, arena, &content, err) &&
           (take_all(content, arena, out) ||
            error_set(err, ERROR_MALFORMED, "%s: not the statements of a storm", path));
}

struct bytes consignment_at(const struct consignment *consignment, size_t agent, size_t number)
{
    return consignment->sealed[agent * consignment->each + number];
}
