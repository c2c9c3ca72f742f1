#include "aggregator/restore.h"

#include <string.h>

#include "aggregator/province.h"
#include "aggregator/signer_place.h"
#include "aggregator/store.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/seeded_bug.h"
#include "common/storage/file.h"
#include "common/wire/card.h"
#include "common/wire/sealed_keys.h"

#define SECRET_MODE 0600
#define PUBLIC_MODE 0644
#define LISTEN_SIZE_MAX 256
#define PART "restored.part" /* in the data folder: a backup in the making */

static const char *path_of(struct arena *arena, const char *folder, const char *name)
{
    return arena_format(arena, "%s/%s", folder, name);
}

/* From the file that is given, from the data folder, or from the backup. */
static bool find_keys(const struct restore_request *request, struct arena *arena,
                      struct key_pair *out, struct error *err)
{
    struct bytes content;
    const char *there = path_of(arena, request->data_folder, PROVINCE_KEYS_FILE);
    const char *sealed = path_of(arena, request->from, BACKUP_KEYS_FILE);
    const char *plain = request->keys ? request->keys : file_exists(there) ? there : NULL;
    if (plain)
        return file_read(plain, KEY_FILE_SIZE, arena, &content, err) &&
               key_pair_decode(content, out, err);
    if (!file_exists(sealed))
        return error_set(err, ERROR_UNAVAILABLE, MESSAGE_RESTORE_NO_KEYS);
    if (!request->passphrase)
        return error_set(err, ERROR_UNAVAILABLE, MESSAGE_RESTORE_NO_PASSPHRASE);
    return file_read(sealed, SEALED_KEYS_SIZE, arena, &content, err) &&
           key_pair_unseal(content, request->passphrase, out, err);
}

static bool keys_are_of(const struct key_pair *pair, struct bytes card_text, struct arena *arena,
                        struct error *err)
{
    struct province_card card;
    if (!province_card_read(card_text, arena, &card, err))
        return false;
    return memcmp(&card.keys, &pair->public, sizeof card.keys) == 0 ||
           error_set(err, ERROR_REFUSED, MESSAGE_RESTORE_OTHER_KEYS, card.province);
}

/* Beside its later place, with the card that says whose it is. */
static bool copy(const struct restore_request *request, struct bytes card, struct arena *arena,
                 struct error *err)
{
    const char *part = path_of(arena, request->data_folder, PART);
    const char *store = path_of(arena, part, BACKUP_STORE_FOLDER);
    return folder_create(store, err) &&
           file_copy(path_of(arena, request->from, BACKUP_STORE_FOLDER "/data.mdb"),
                     path_of(arena, store, "data.mdb"), SECRET_MODE, err) &&
           file_replace(path_of(arena, part, BACKUP_CARD_FILE), card, PUBLIC_MODE, err);
}

static bool write_keys(const struct restore_request *request, const struct key_pair *pair,
                       struct arena *arena, struct error *err)
{
    unsigned char encoded[KEY_FILE_SIZE];
    const char *path = path_of(arena, request->data_folder, PROVINCE_KEYS_FILE);
    if (file_exists(path))
        return true;
    key_pair_encode(pair, encoded);
    bool written = file_create(path, BYTES_OF(encoded), SECRET_MODE, err);
    memset(encoded, 0, sizeof encoded);
    return written;
}

/* The card is written last: its presence means that everything else is there. */
static bool settle(const struct restore_request *request, const struct key_pair *pair,
                   struct bytes card, struct arena *arena, struct error *err)
{
    struct bytes listen;
    const char *place;
    const char *data = request->data_folder;
    return file_read(path_of(arena, request->from, BACKUP_LISTEN_FILE), LISTEN_SIZE_MAX, arena,
                     &listen, err) &&
           write_keys(request, pair, arena, err) &&
           signer_place_choose(data, request->signer_folder, arena, &place, err) &&
           folder_publish(path_of(arena, data, PART "/" BACKUP_STORE_FOLDER),
                          path_of(arena, data, STORE_FOLDER), err) &&
           file_replace(path_of(arena, data, PROVINCE_LISTEN_FILE), listen, PUBLIC_MODE, err) &&
           file_replace(path_of(arena, data, PROVINCE_CARD_FILE), card, PUBLIC_MODE, err);
}

bool restore_run(const struct restore_request *request, struct backup_finding *out,
                 struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(key_pair_wipe) struct key_pair pair = { 0 };
    struct bytes card;
    if (file_exists(path_of(arena, request->data_folder, STORE_FOLDER)))
        return error_set(err, ERROR_CONFLICT, MESSAGE_RESTORE_IN_THE_WAY, request->data_folder);
    if (!file_read(path_of(arena, request->from, BACKUP_CARD_FILE), CARD_SIZE_MAX, arena, &card,
                   err) ||
        !find_keys(request, arena, &pair, err) || !keys_are_of(&pair, card, arena, err) ||
        !folder_create(request->data_folder, err) || !copy(request, card, arena, err))
        return false;
    if (!backup_prove(path_of(arena, request->data_folder, PART), out, err) &&
        !seeded_bug(BUG_RESTORE_WHAT_IS_DAMAGED))
        return false;
    return settle(request, &pair, card, arena, err);
}
