#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "aggregator/adoption.h"
#include "aggregator/catalogues.h"
#include "aggregator/commands/commands.h"
#include "aggregator/commands/table.h"
#include "aggregator/province.h"
#include "common/base/arena.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/text.h"
#include "common/catalogue/catalogue.h"

#define DIGEST_DIGITS_MIN 8
#define NUMBER_SIZE 24

/* What is wrong with it is said before anybody is asked. */
static bool confirm_adoption(const struct arguments *arguments, struct sources sources,
                             struct arena *arena, struct error *err)
{
    CLEANUP(catalogue_destroy) struct catalogue *catalogue = adoption_compile(sources, err);
    return catalogue &&
           command_confirm(arguments,
                           arena_format(arena, MESSAGE_ADOPTION_QUESTION,
                                        words_say(&catalogue->title), catalogue->version),
                           err);
}

bool command_catalogue_adopt(const struct arguments *arguments, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct sources sources;
    char text[DIGEST_TEXT_SIZE];
    if (!sources_read(arguments->operands[0], arena, &sources, err) ||
        !confirm_adoption(arguments, sources, arena, err))
        return false;
    CLEANUP(province_close) struct province *province = command_open(arguments, err);
    if (!province || !province_adopt(province, sources, err))
        return false;
    const struct adopted *adopted = catalogues_in_force(province->catalogues);
    printf(MESSAGE_ADOPTION_DONE, words_say(&adopted->catalogue->title),
           adopted->catalogue->version, digest_text(&adopted->digest, text), adopted->position);
    return true;
}

/* By its first digits. */
static bool find_catalogue(const struct catalogues *catalogues, const char *given,
                           const struct adopted **out, struct error *err)
{
    char text[DIGEST_TEXT_SIZE];
    size_t matches = 0;
    *out = NULL;
    for (size_t i = 0; i < catalogues_count(catalogues); i++) {
        const struct adopted *adopted = catalogues_at(catalogues, i);
        if (!text_starts_with(digest_text(&adopted->digest, text), given))
            continue;
        *out = adopted;
        matches++;
    }
    return (matches == 1 && strlen(given) >= DIGEST_DIGITS_MIN) ||
           error_set(err, ERROR_REFUSED, MESSAGE_CATALOGUE_DIGEST, given);
}

bool command_catalogue_close(const struct arguments *arguments, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(province_close) struct province *province = command_open(arguments, err);
    const struct adopted *adopted;
    char text[DIGEST_TEXT_SIZE];
    if (!province || !find_catalogue(province->catalogues, arguments->operands[0], &adopted, err))
        return false;
    struct digest digest = adopted->digest;
    unsigned version = adopted->catalogue->version;
    digest_text(&digest, text);
    if (!command_confirm(
            arguments, arena_format(arena, MESSAGE_CATALOGUE_CLOSE_QUESTION, version, text), err) ||
        !province_close_catalogue(province, &digest, err))
        return false;
    printf(MESSAGE_CATALOGUE_CLOSED, version, text);
    return true;
}

static const char *state_of(const struct catalogues *catalogues, const struct adopted *adopted,
                            bool listing)
{
    if (adopted->closed)
        return listing ? MESSAGE_CATALOGUE_STATE_CLOSED : "closed";
    if (adopted == catalogues_in_force(catalogues))
        return listing ? MESSAGE_CATALOGUE_STATE_IN_FORCE : "in force";
    return listing ? MESSAGE_CATALOGUE_STATE_OPEN : "open";
}

static void add_catalogue(struct table_writer *table, const struct catalogues *catalogues,
                          const struct adopted *adopted)
{
    char text[DIGEST_TEXT_SIZE > CLOCK_TEXT_SIZE ? DIGEST_TEXT_SIZE : CLOCK_TEXT_SIZE];
    char number[NUMBER_SIZE];
    snprintf(number, sizeof number, "%u", adopted->catalogue->version);
    table_figure(table, number);
    table_text(table, state_of(catalogues, adopted, table->format == TABLE_LISTING));
    table_text(table, words_say(&adopted->catalogue->title));
    snprintf(number, sizeof number, "%" PRIu64, adopted->position);
    table_figure(table, number);
    table_text(table, clock_text(adopted->utc_ms, text));
    table_text(table, adopted->closed ? clock_text(adopted->closed_utc_ms, text) : "");
    table_text(table, digest_text(&adopted->digest, text));
}

bool command_catalogue_list(const struct arguments *arguments, struct error *err)
{
    static const char *const columns[] = { "version", "state",  "title", "position",
                                           "adopted", "closed", "digest" };
    CLEANUP(table_close) struct table_writer table = { 0 };
    if (!table_open(&table, arguments, columns, COUNT_OF(columns), err))
        return false;
    CLEANUP(province_close) struct province *province = command_open(arguments, err);
    if (!province)
        return false;
    for (size_t i = 0; i < catalogues_count(province->catalogues); i++)
        add_catalogue(&table, province->catalogues, catalogues_at(province->catalogues, i));
    return table_print(&table, err);
}
