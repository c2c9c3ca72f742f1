#include "tests/bench/workload.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/base/random.h"
#include "common/catalogue/catalogue.h"
#include "common/wire/card.h"
#include "common/wire/message.h"
#include "common/wire/statement.h"

#define SEED 2016
#define YEAR_FIRST 2016
#define YEAR_COUNT 9
#define PATH_SIZE 512
#define ROLES_MAX 8
#define SIGNED_UTC_MS INT64_C(1775000000000) /* spring 2026: after the last period's end */

struct figure {
    const char *item;
    double figure; /* in the item's unit */
};

/* clang-format off */
/* A national zone of middling size. What is not listed gets FIGURE_OTHER; an item that ends
 * in B (last year on the comparable basis) gets its base's. They keep the balance rules. */
#define FIGURE_OTHER 48.0
static const struct figure figures[] = {
    { "IB01", 1853427 }, { "IB02", 1098231 }, { "IB03", 641902 }, { "IB04", 873215 },
    { "IB05", 3492768 }, { "IB06", 3417095 }, { "IB07", 2610448 }, { "IB08", 1502937 },
    { "IB09", 213674 }, { "IB10", 221583 }, { "IB11", 93127 }, { "IB12", 812940 },
    { "IB13", 467218 }, { "IB14", 118304 }, { "IB15", 5263 }, { "IB16", 214 }, { "IB17", 467 },
    { "IB18", 126 }, { "IB19", 68214 }, { "IB20", 51907 },
    { "IN01", 71652 }, { "IN02", 143 }, { "IN03", 1240871 }, { "IN04", 936540 },
    { "IN11", 418205 }, { "IN12", 4217 }, { "IN16", 3 },
    { "RD01", 214963 }, { "RD02", 12450 }, { "RD03", 527814 }, { "RD04", 241086 },
    { "RD05", 96320 }, { "RD06", 31270 }, { "RD07", 41290 }, { "RD08", 20184 },
    { "EC01", 482153 }, { "EC02", 2315 }, { "EC07", 12840 }, { "EC08", 11920 }, { "EC09", 310 },
    { "EC21", 2648 }, { "EC22", 2310 }, { "EC23", 2105 }, { "EC24", 1986 }, { "EC25", 1214 },
    { "EC26", 2034 }, { "EC27", 1127 }, { "EC28", 36 }, { "EC29", 143 }, { "EC30", 87 },
    { "EC31", 119 }, { "IE02", 412 }, { "IE03", 396 }, { "IE05", 143 }, { "IE06", 97 },
    { "IE09", 2140 }, { "IE10", 613 },
};
/* clang-format on */

struct device {
    struct key_pair pair;
    struct stream_id stream;
    struct stream_head head;
    double size; /* of the zone, beside the table above */
};

struct workload {
    struct catalogue *catalogue;
    const struct form *form;
    struct seeded_random random;
    struct sign_off sign_offs[ROLES_MAX];
    struct cell *cells;
    struct device *devices;
    size_t device_count;
};

static double figure_of(const char *code)
{
    char base[CODE_TEXT_SIZE];
    size_t size = strlen(code);
    snprintf(base, sizeof base, "%s", code);
    if (size > 4 && base[size - 1] == 'B')
        base[size - 1] = '\0';
    for (size_t i = 0; i < COUNT_OF(figures); i++)
        if (strcmp(figures[i].item, base) == 0)
            return figures[i].figure;
    return FIGURE_OTHER;
}

/* Sizes of zones differ; the number of types of platforms does not follow them. */
static int64_t mantissa_of(const struct item *item, double size)
{
    char text[CODE_TEXT_SIZE];
    double figure = figure_of(code_text(item->code, text));
    double sized = figure > 5 ? floor(figure * size) : figure;
    return llround(sized * pow(10, item->decimals));
}

static int compare_cells(const void *left, const void *right)
{
    uint64_t a = ((const struct cell *)left)->item.packed;
    uint64_t b = ((const struct cell *)right)->item.packed;
    return a < b ? -1 : a > b;
}

static void fill_cells(struct workload *workload, double size)
{
    const struct form *form = workload->form;
    for (size_t i = 0; i < form->item_count; i++) {
        const struct item *item = &workload->catalogue->items[form->items[i]];
        workload->cells[i] = (struct cell){
            .item = item->code,
            .value = { .mantissa = mantissa_of(item, size), .status = VALUE_PRESENT },
        };
    }
    qsort(workload->cells, form->item_count, sizeof *workload->cells, compare_cells);
}

static void create_device(struct workload *workload, size_t index)
{
    struct random *random = &workload->random.random;
    struct device *device = &workload->devices[index];
    device->pair = key_pair_create(random);
    random->fill(random, device->stream.device.bytes, sizeof device->stream.device.bytes);
    snprintf(device->stream.zone.text, sizeof device->stream.zone.text, "2290%04zu", index + 1);
    device->stream.epoch = 1;
    device->size = 0.5 + (double)random_below(random, 1000) / 1000;
}

struct workload *workload_create(size_t devices, struct error *err)
{
    assert(devices <= WORKLOAD_DEVICES_MAX);
    static const char *const names[] = { "Anna", "Boris", "Clara", "Dora" };
    struct workload *workload = memory_zeroed(1, sizeof *workload);
    struct diagnostics diagnostics = { .arena = arena_create() };
    workload->catalogue = catalogue_compile(sources_shipped(), &diagnostics);
    if (!workload->catalogue) {
        error_set(err, ERROR_CORRUPT, "the shipped catalogue does not compile: %s",
                  diagnostics.items[0].text);
        arena_destroy(&diagnostics.arena);
        workload_destroy(&workload);
        return NULL;
    }
    arena_destroy(&diagnostics.arena);
    size_t form = catalogue_form(workload->catalogue, code_of("JKQ301"));
    workload->form = &workload->catalogue->forms[form];
    workload->cells = memory_zeroed(workload->form->item_count, sizeof *workload->cells);
    for (size_t i = 0; i < workload->form->role_count && i < ROLES_MAX; i++)
        workload->sign_offs[i] = (struct sign_off){ .role = workload->form->roles[i].code,
                                                    .name = names[i % COUNT_OF(names)],
                                                    .utc_ms = SIGNED_UTC_MS + (int64_t)i };
    workload->random = seeded_random_of(SEED);
    workload->devices = memory_zeroed(devices, sizeof *workload->devices);
    workload->device_count = devices;
    for (size_t i = 0; i < devices; i++)
        create_device(workload, i);
    return workload;
}

void workload_destroy(struct workload **workload)
{
    if (!*workload)
        return;
    catalogue_destroy(&(*workload)->catalogue);
    memory_free(&(*workload)->cells);
    memory_free(&(*workload)->devices);
    memory_free(workload);
}

size_t workload_devices(const struct workload *workload)
{
    return workload->device_count;
}

size_t workload_cells(const struct workload *workload)
{
    return workload->form->item_count;
}

struct digest workload_catalogue(const struct workload *workload)
{
    return workload->catalogue->digest;
}

const struct key_pair *workload_keys(const struct workload *workload, size_t device)
{
    return &workload->devices[device].pair;
}

const struct stream_id *workload_stream(const struct workload *workload, size_t device)
{
    return &workload->devices[device].stream;
}

struct stream_head workload_head(const struct workload *workload, size_t device)
{
    return workload->devices[device].head;
}

/* The n-th statement of a stream: year after year, then the next version of each. */
static struct submission submission_of(const struct workload *workload, uint64_t n)
{
    return (struct submission){
        .form = workload->form->code,
        .period = period_of_year(YEAR_FIRST + (int)(n % YEAR_COUNT)),
        .version = (uint32_t)(n / YEAR_COUNT) + 1,
        .base_version = (uint32_t)(n / YEAR_COUNT),
        .cells = workload->cells,
        .cell_count = workload->form->item_count,
        .sign_offs = workload->sign_offs,
        .sign_off_count = workload->form->role_count,
    };
}

bool workload_seal(struct workload *workload, size_t device, struct arena *arena,
                   struct parcel *out, struct error *err)
{
    struct device *own = &workload->devices[device];
    fill_cells(workload, own->size);
    struct statement statement = {
        .suite = 1,
        .province = "jilin",
        .stream = own->stream,
        .sequence = own->head.sequence + 1,
        .previous = own->head.hash,
        .catalogue = workload->catalogue->digest,
        .agent_utc_ms = SIGNED_UTC_MS + 1000 * (int64_t)own->head.sequence,
        .kind = STATEMENT_RETURN,
        .submission = submission_of(workload, own->head.sequence),
    };
    workload->random.random.fill(&workload->random.random, statement.salt, sizeof statement.salt);
    CLEANUP(arena_destroy) struct arena *scratch = arena_create();
    struct sealed_statement sealed;
    if (!statement_seal(&statement, &own->pair, scratch, &sealed, err))
        return false;
    struct message message = { .kind = MESSAGE_SUBMIT,
                               .statements = &sealed,
                               .statement_count = 1 };
    out->sealed = arena_copy_bytes(arena, sealed_statement_encode(&sealed, scratch));
    out->submit = arena_copy_bytes(arena, message_encode(&message, scratch));
    out->hash = sealed_statement_hash(&sealed);
    out->sequence = statement.sequence;
    memcpy(out->signature, sealed.signature, sizeof out->signature);
    own->head = (struct stream_head){ .sequence = statement.sequence, .hash = out->hash };
    return true;
}

static FILE *open_file(const char *folder, const char *name, struct error *err)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    if (!file)
        error_set(err, ERROR_SYSTEM, "%s: %s", path, strerror(errno));
    return file;
}

static bool close_file(FILE *file, struct error *err)
{
    return fclose(file) == 0 || error_set(err, ERROR_SYSTEM, "cannot write: %s", strerror(errno));
}

bool workload_write_registry(const struct workload *workload, const char *folder, struct error *err)
{
    FILE *file = open_file(folder, "registry.csv", err);
    if (!file)
        return false;
    fputs("code,code_status,name,level,type,prefecture,prefecture_code,county,county_code,plate,"
          "approval_year_provincial,approval_year_national,approved_area_ha,planned_area_km2,"
          "administered_area_km2,part_of,active_until,level_basis,source\n",
          file);
    for (size_t i = 0; i < workload->device_count; i++)
        fprintf(file,
                "%s,official,测试开发区%zu,N,101,长春市,220100,,,M,1992,1993,,,,,,bench,bench\n",
                workload->devices[i].stream.zone.text, i + 1);
    return close_file(file, err);
}

static bool write_request(const struct device *device, const char *folder, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct enrolment_request request = {
        .zone = device->stream.zone,
        .device = device->stream.device,
        .keys = device->pair.public,
        .label = "bench",
        .utc_ms = SIGNED_UTC_MS,
    };
    struct bytes text = enrolment_request_write(&request, &device->pair, arena);
    char name[PATH_SIZE];
    snprintf(name, sizeof name, "requests/%s.txt", device->stream.zone.text);
    FILE *file = open_file(folder, name, err);
    if (!file)
        return false;
    fwrite(text.data, 1, text.size, file);
    return close_file(file, err);
}

static void print_hex(FILE *file, const unsigned char *bytes, size_t size, char end)
{
    for (size_t i = 0; i < size; i++)
        fprintf(file, "%02x", bytes[i]);
    fputc(end, file);
}

static bool write_keys(const struct workload *workload, const char *folder, struct error *err)
{
    FILE *file = open_file(folder, "keys.txt", err);
    if (!file)
        return false;
    for (size_t i = 0; i < workload->device_count; i++) {
        const struct device *device = &workload->devices[i];
        print_hex(file, device->stream.device.bytes, sizeof device->stream.device.bytes, ' ');
        print_hex(file, device->pair.public.signing, KEY_SIZE, ' ');
        print_hex(file, device->pair.public.curve, KEY_SIZE, '\n');
    }
    return close_file(file, err);
}

bool workload_write_enrolment(const struct workload *workload, const char *folder,
                              struct error *err)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/requests", folder);
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return error_set(err, ERROR_SYSTEM, "%s: %s", path, strerror(errno));
    for (size_t i = 0; i < workload->device_count; i++)
        if (!write_request(&workload->devices[i], folder, err))
            return false;
    return workload_write_registry(workload, folder, err) && write_keys(workload, folder, err);
}
