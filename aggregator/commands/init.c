#include <stdio.h>

#include "aggregator/commands/commands.h"
#include "aggregator/province.h"
#include "common/base/arena.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/random.h"
#include "common/catalogue/source.h"

#define DEFAULT_PROVINCE "jilin"
#define DEFAULT_LISTEN "tcp://0.0.0.0:7700"

static const char *option_or(const struct arguments *arguments, const char *name,
                             const char *otherwise)
{
    const char *value = arguments_option(arguments, name);
    return value ? value : otherwise;
}

static bool show(const struct arguments *arguments, const struct province_seams *seams,
                 struct error *err)
{
    char fingerprint[FINGERPRINT_TEXT_SIZE];
    CLEANUP(province_close)
    struct province *province = province_open(arguments->data_folder, seams, err);
    if (!province)
        return false;
    printf(MESSAGE_INIT_DONE, province->card.province, province->listen,
           key_fingerprint(&province->card.keys, fingerprint), arguments->data_folder,
           PROVINCE_CARD_FILE);
    return true;
}

bool command_init(const struct arguments *arguments, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct province_seams seams = { .clock = &clock_system, .random = random_system() };
    const char *path = arguments_option(arguments, "catalogue");
    struct sources sources = sources_shipped();
    if (path && !sources_read(path, arena, &sources, err))
        return false;
    struct province_setup setup = { .data_folder = arguments->data_folder,
                                    .province = option_or(arguments, "province", DEFAULT_PROVINCE),
                                    .listen = option_or(arguments, "listen", DEFAULT_LISTEN),
                                    .catalogue = &sources,
                                    .signer_folder = arguments_option(arguments, "signer") };
    return province_create(&setup, &seams, err) && show(arguments, &seams, err);
}
