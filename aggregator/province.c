#include "aggregator/province.h"

#include <assert.h>
#include <string.h>

#include "aggregator/adoption.h"
#include "aggregator/catalogues.h"
#include "aggregator/dossiers.h"
#include "aggregator/landmarks.h"
#include "aggregator/ledger.h"
#include "aggregator/projection.h"
#include "aggregator/signer.h"
#include "aggregator/signer_place.h"
#include "aggregator/store.h"
#include "common/base/arena.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/base/messages.h"
#include "common/base/seeded_bug.h"
#include "common/base/text.h"
#include "common/catalogue/catalogue.h"
#include "common/storage/database.h"
#include "common/storage/file.h"
#include "common/storage/reserve.h"
#include "common/wire/proof.h"

#define SECRET_MODE 0600
#define PUBLIC_MODE 0644
#define ORIGIN_BEGINNING "zonetally/"
#define LISTEN_SIZE_MAX 256

static const char *path_of(struct arena *arena, const char *data_folder, const char *name)
{
    return arena_format(arena, "%s/%s", data_folder, name);
}

static bool read_keys(const char *data_folder, struct arena *arena, struct key_pair *out,
                      struct error *err)
{
    struct bytes content;
    return file_read(path_of(arena, data_folder, PROVINCE_KEYS_FILE), KEY_FILE_SIZE, arena,
                     &content, err) &&
           key_pair_decode(content, out, err);
}

/* Keys that an interrupted init left are used: a store may be signed with them. */
static bool keys_for_setup(const struct province_setup *setup, const struct province_seams *seams,
                           struct arena *arena, struct key_pair *out, struct error *err)
{
    const char *path = path_of(arena, setup->data_folder, PROVINCE_KEYS_FILE);
    if (file_exists(path))
        return read_keys(setup->data_folder, arena, out, err);
    unsigned char encoded[KEY_FILE_SIZE];
    *out = key_pair_create(seams->random);
    key_pair_encode(out, encoded);
    bool written = file_create(path, BYTES_OF(encoded), SECRET_MODE, err);
    memset(encoded, 0, sizeof encoded);
    return written;
}

static const char *origin_of(const char *province, struct arena *arena)
{
    return arena_format(arena, ORIGIN_BEGINNING "%s", province);
}

/* A state that an interrupted init left is used. */
static struct signer *signer_for_setup(const struct province_setup *setup,
                                       const struct key_pair *pair, struct arena *arena,
                                       struct error *err)
{
    struct signer_options options = { .origin = origin_of(setup->province, arena), .pair = pair };
    struct signed_head nothing = { .generation = GENERATION_FIRST,
                                   .root = digest_sha256((struct bytes){ NULL, 0 },
                                                         (struct bytes){ NULL, 0 }) };
    if (!signer_place_choose(setup->data_folder, setup->signer_folder, arena, &options.folder,
                             err) ||
        (!signer_create(&options, &nothing, NULL, err) && err->kind != ERROR_CONFLICT))
        return NULL;
    return signer_open(&options, err);
}

static bool adopt(const struct province_setup *setup, const struct province_seams *seams,
                  const struct key_pair *pair, struct arena *arena, struct error *err)
{
    CLEANUP(database_close)
    struct database *database = store_open(setup->data_folder, seams->any_file_system, err);
    if (!database)
        return false;
    CLEANUP(signer_close) struct signer *signer = signer_for_setup(setup, pair, arena, err);
    if (!signer)
        return false;
    struct ledger_options options = { .database = database, .signer = signer };
    CLEANUP(ledger_close) struct ledger *ledger = ledger_open(&options, err);
    if (!ledger || !ledger_begin(ledger, seams->clock->utc_ms(seams->clock), err))
        return false;
    if (ledger_size(ledger) > 0) {
        ledger_abort(ledger);
        return true;
    }
    struct journal_record record = adoption_record(*setup->catalogue, arena);
    return ledger_take(ledger, &record) == 0 && ledger_commit(ledger, err);
}

static bool setup_is_sound(const struct province_setup *setup, struct arena *arena,
                           struct error *err)
{
    size_t size = strlen(setup->province);
    if (size == 0 || size > CARD_PROVINCE_SIZE_MAX || strpbrk(setup->province, " +/\t") ||
        !text_is_clean(bytes_of_text(setup->province), false))
        return error_set(err, ERROR_USAGE, MESSAGE_SETUP_PROVINCE, setup->province);
    if (!text_starts_with(setup->listen, "tcp://") || strlen(setup->listen) >= LISTEN_SIZE_MAX ||
        strchr(setup->listen, ' ') || !text_is_clean(bytes_of_text(setup->listen), false))
        return error_set(err, ERROR_USAGE, MESSAGE_SETUP_LISTEN, setup->listen);
    if (file_exists(path_of(arena, setup->data_folder, PROVINCE_CARD_FILE)))
        return error_set(err, ERROR_CONFLICT, MESSAGE_PROVINCE_DONE, setup->data_folder);
    return true;
}

static bool write_files(const struct province_setup *setup, const struct key_pair *pair,
                        const struct digest *catalogue, struct arena *arena, struct error *err)
{
    struct province_card card = { .province = setup->province,
                                  .origin = origin_of(setup->province, arena),
                                  .endpoint = strchr(setup->listen, '*') ? "" : setup->listen,
                                  .keys = pair->public,
                                  .catalogue = *catalogue };
    return file_replace(path_of(arena, setup->data_folder, PROVINCE_LISTEN_FILE),
                        bytes_of_text(setup->listen), PUBLIC_MODE, err) &&
           file_replace(path_of(arena, setup->data_folder, PROVINCE_CARD_FILE),
                        province_card_write(&card, pair, arena), PUBLIC_MODE, err);
}

bool province_create(const struct province_setup *setup, const struct province_seams *seams,
                     struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(key_pair_wipe) struct key_pair pair = { 0 };
    if (!setup_is_sound(setup, arena, err))
        return false;
    CLEANUP(catalogue_destroy)
    struct catalogue *catalogue = adoption_compile(*setup->catalogue, err);
    return catalogue && folder_create(setup->data_folder, err) &&
           keys_for_setup(setup, seams, arena, &pair, err) &&
           adopt(setup, seams, &pair, arena, err) &&
           write_files(setup, &pair, &catalogue->digest, arena, err);
}

static bool read_files(struct province *province, const char *data_folder, struct error *err)
{
    struct bytes card;
    struct bytes listen;
    struct arena *arena = province->arena;
    if (!file_exists(path_of(arena, data_folder, PROVINCE_CARD_FILE)))
        return error_set(err, ERROR_UNAVAILABLE, MESSAGE_STORAGE_NOT_THERE, data_folder);
    if (!file_read(path_of(arena, data_folder, PROVINCE_CARD_FILE), CARD_SIZE_MAX, arena, &card,
                   err) ||
        !province_card_read(card, arena, &province->card, err) ||
        !read_keys(data_folder, arena, &province->pair, err) ||
        !file_read(path_of(arena, data_folder, PROVINCE_LISTEN_FILE), LISTEN_SIZE_MAX, arena,
                   &listen, err))
        return false;
    province->listen = arena_format(arena, "%.*s", (int)listen.size, (const char *)listen.data);
    return true;
}

/* Without it figures can still be looked at, and the store examined. */
static void open_signer(struct province *province, const char *data_folder)
{
    struct signer_options options = { .origin = province->card.origin, .pair = &province->pair };
    if (signer_place_read(data_folder, province->arena, &options.folder, &province->signer_trouble))
        province->signer = signer_open(&options, &province->signer_trouble);
}

static void follow(const struct journal_record *record, void *owner)
{
    struct province *province = owner;
    catalogues_follow(province->catalogues, record);
    dossiers_follow(province->dossiers, record);
}

static bool settle(struct transaction *txn, uint64_t size, void *owner, struct error *err)
{
    struct province *province = owner;
    if (!catalogues_settle(province->catalogues, txn, size, err))
        return false;
    const struct adopted *adopted = catalogues_in_force(province->catalogues);
    province->catalogue = adopted->catalogue;
    province->projection = adopted->projection;
    return true;
}

/* All that follows the journal. */
static bool open_projections(struct province *province, struct error *err)
{
    province->catalogues = catalogues_open(province->database, err);
    if (!province->catalogues)
        return false;
    province->dossiers = dossiers_create();
    struct ledger_options options = { .database = province->database,
                                      .signer = province->signer,
                                      .signer_trouble = &province->signer_trouble,
                                      .follow = follow,
                                      .settle = settle,
                                      .owner = province };
    province->ledger = ledger_open(&options, err);
    return province->ledger;
}

static bool open_parts(struct province *province, const char *data_folder, struct error *err)
{
    if (!read_files(province, data_folder, err))
        return false;
    province->data_folder = arena_copy_text(province->arena, data_folder);
    province->database = store_open(data_folder, province->seams.any_file_system, err);
    if (!province->database)
        return false;
    open_signer(province, data_folder);
    return open_projections(province, err);
}

struct province *province_open(const char *data_folder, const struct province_seams *seams,
                               struct error *err)
{
    struct province *province = memory_zeroed(1, sizeof *province);
    province->seams = *seams;
    province->arena = arena_create();
    if (!open_parts(province, data_folder, err))
        province_close(&province);
    return province;
}

static void close_projections(struct province *province)
{
    ledger_close(&province->ledger);
    catalogues_close(&province->catalogues);
    dossiers_destroy(&province->dossiers);
}

void province_close(struct province **province)
{
    if (*province) {
        close_projections(*province);
        signer_close(&(*province)->signer);
        reserve_close(&(*province)->reserve);
        database_close(&(*province)->database);
        arena_destroy(&(*province)->arena);
        key_pair_wipe(&(*province)->pair);
    }
    memory_free(province);
}

/* Under the write lock: nobody else adopts or closes meanwhile. */
static bool take_alone(struct province *province, const struct journal_record *record,
                       bool (*is_sound)(const struct province *, const struct journal_record *,
                                        struct error *),
                       struct error *err)
{
    if (!ledger_begin(province->ledger, province_utc_ms(province), err))
        return false;
    if (!is_sound(province, record, err)) {
        ledger_abort(province->ledger);
        return false;
    }
    uint64_t position = ledger_take(province->ledger, record);
    return position > 0 && ledger_commit(province->ledger, err) &&
           ledger_refresh(province->ledger, err);
}

static bool is_newer(const struct province *province, const struct journal_record *record,
                     struct error *err)
{
    CLEANUP(catalogue_destroy)
    struct catalogue *catalogue = adoption_read(record->entry.catalogue, err);
    if (!catalogue)
        return false;
    unsigned highest = 0;
    for (size_t i = 0; i < catalogues_count(province->catalogues); i++) {
        unsigned version = catalogues_at(province->catalogues, i)->catalogue->version;
        highest = version > highest ? version : highest;
    }
    return catalogue->version > highest || seeded_bug(BUG_ADOPT_AN_OLDER_CATALOGUE) ||
           error_set(err, ERROR_REFUSED, MESSAGE_ADOPTION_VERSION, catalogue->version, highest,
                     highest + 1);
}

bool province_adopt(struct province *province, struct sources sources, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(catalogue_destroy) struct catalogue *catalogue = adoption_compile(sources, err);
    struct journal_record record = adoption_record(sources, arena);
    return catalogue && take_alone(province, &record, is_newer, err);
}

static bool may_be_closed(const struct province *province, const struct journal_record *record,
                          struct error *err)
{
    const struct digest *digest = &record->entry.catalogue_closure;
    const struct adopted *adopted = catalogues_find(province->catalogues, digest);
    char text[DIGEST_TEXT_SIZE];
    digest_text(digest, text);
    if (!adopted || adopted->closed)
        return error_set(err, ERROR_REFUSED, MESSAGE_CATALOGUE_NOT_OPEN, text);
    return adopted != catalogues_in_force(province->catalogues) ||
           error_set(err, ERROR_REFUSED, MESSAGE_CATALOGUE_IN_FORCE, text);
}

bool province_close_catalogue(struct province *province, const struct digest *digest,
                              struct error *err)
{
    struct journal_record record = { .entry = { .kind = ENTRY_CATALOGUE_CLOSURE,
                                                .catalogue_closure = *digest } };
    return take_alone(province, &record, may_be_closed, err);
}

/* What is ahead of the journal must be of the generation that the journal knows. */
static bool read_published(const struct province *province, struct bytes text,
                           struct signed_head *head, struct error *err)
{
    struct checkpoint checkpoint;
    if (text.size == 0)
        return true;
    if (!checkpoint_verify(text, province->card.origin, province->card.keys.signing,
                           province->arena, &checkpoint, err))
        return false;
    if (checkpoint.generation != head->generation || checkpoint.size <= head->size)
        return error_set(err, ERROR_REFUSED, MESSAGE_SIGNER_NOT_AHEAD, checkpoint.generation,
                         checkpoint.size, head->generation, head->size);
    head->size = checkpoint.size;
    head->root = checkpoint.root;
    return true;
}

bool province_adopt_signer(struct province *province, const char *data_folder, const char *folder,
                           struct bytes published, struct error *err)
{
    struct signer_options options = { .origin = province->card.origin, .pair = &province->pair };
    const struct tree *tree = ledger_tree(province->ledger);
    struct generation_opening opening = { .lost_count = 0 };
    const struct landmarks *landmarks = ledger_landmarks(province->ledger);
    struct signed_head head = { landmarks_generation(landmarks), tree_size(tree), tree_root(tree) };
    (void)landmarks_opening(landmarks, &opening);
    return read_published(province, published, &head, err) &&
           signer_place_choose(data_folder, folder, province->arena, &options.folder, err) &&
           signer_create(&options, &head, opening.lost, err);
}

void province_hold_reserve(struct province *province, uint64_t size_bytes)
{
    assert(!province->reserve);
    province->reserve = reserve_open(province->data_folder, size_bytes);
}

bool province_reload(struct province *province, struct error *err)
{
    close_projections(province);
    return open_projections(province, err);
}

int64_t province_utc_ms(const struct province *province)
{
    return province->seams.clock->utc_ms(province->seams.clock);
}
