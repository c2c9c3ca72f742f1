#include "agent/agent.h"

#include <stdio.h>
#include <stdlib.h>

#include "agent/catalogues.h"
#include "agent/installation.h"
#include "agent/rotation.h"
#include "agent/settings.h"
#include "agent/shelf.h"
#include "common/base/arena.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/base/messages.h"
#include "common/storage/file.h"
#include "common/storage/reserve.h"
#include "common/storage/transaction.h"

#define RESERVE_UNIT ((uint64_t)1024 * 1024)

bool agent_path(const char *data_folder, const char *name, char buffer[AGENT_PATH_SIZE],
                struct error *err)
{
    int length = snprintf(buffer, AGENT_PATH_SIZE, "%s/%s", data_folder, name);
    if (length < 0 || length >= AGENT_PATH_SIZE)
        return error_set(err, ERROR_REFUSED, MESSAGE_FILE_NAME_TOO_LONG);
    return true;
}

static bool read_keys(struct agent *agent, const char *data_folder, struct error *err)
{
    char path[AGENT_PATH_SIZE];
    struct bytes bytes;
    if (!agent_path(data_folder, AGENT_KEYS_FILE, path, err))
        return false;
    if (!file_exists(path))
        return error_set(err, ERROR_UNAVAILABLE, MESSAGE_AGENT_NOT_SET_UP, data_folder);
    return file_read(path, KEY_FILE_SIZE, agent->arena, &bytes, err) &&
           (key_pair_decode(bytes, &agent->pair, err) || error_wrap(err, "%s", path));
}

static bool read_card(struct agent *agent, const char *data_folder, struct error *err)
{
    char path[AGENT_PATH_SIZE];
    struct bytes text;
    return agent_path(data_folder, AGENT_CARD_FILE, path, err) &&
           file_read(path, CARD_SIZE_MAX, agent->arena, &text, err) &&
           (province_card_read(text, agent->arena, &agent->province, err) ||
            error_wrap(err, "%s", path));
}

/* As large as it was asked for at setup. */
static bool open_reserve(struct agent *agent, const char *data_folder, struct error *err)
{
    struct bytes value;
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(agent->store.database);
    if (settings_get(&agent->store, txn, SETTING_RESERVE, &value) && value.size == 4)
        agent->reserve =
            reserve_open(data_folder, (uint64_t)bytes_get_u32(value.data) * RESERVE_UNIT);
    return transaction_check(txn, err);
}

static bool read_device(struct agent *agent, struct error *err)
{
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(agent->store.database);
    return device_get(&agent->store, txn, agent->arena, &agent->device, err);
}

static bool choose_catalogue(struct agent *agent, const struct catalogue *shipped,
                             struct error *err)
{
    struct catalogues_mark mark;
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(agent->store.database);
    agent->shelf = shelf_create(shipped);
    agent->catalogue = shipped;
    if (catalogues_marked(&agent->store, txn, &mark))
        agent->catalogue = shelf_find(agent->shelf, &agent->store, txn, &mark.digest, err);
    return agent->catalogue && transaction_check(txn, err);
}

struct agent *agent_open(const char *data_folder, const struct agent_seams *seams,
                         const struct catalogue *shipped, struct error *err)
{
    CLEANUP(agent_close) struct agent *agent = memory_zeroed(1, sizeof *agent);
    agent->seams = *seams;
    agent->arena = arena_create();
    agent->data_folder = arena_copy_text(agent->arena, data_folder);
    if (!read_keys(agent, data_folder, err) || !read_card(agent, data_folder, err) ||
        !store_open(data_folder, seams->any_file_system, &agent->store, err) ||
        !read_device(agent, err) || !open_reserve(agent, data_folder, err) ||
        !rotation_settle(agent, err) || !installation_examine(agent, err) ||
        !choose_catalogue(agent, shipped, err))
        return NULL;

    struct agent *opened = agent;
    agent = NULL;
    return opened;
}

void agent_close(struct agent **agent)
{
    if (!*agent)
        return;
    shelf_destroy(&(*agent)->shelf);
    store_close(&(*agent)->store);
    reserve_close(&(*agent)->reserve);
    key_pair_wipe(&(*agent)->pair);
    arena_destroy(&(*agent)->arena);
    free(*agent);
    *agent = NULL;
}

int64_t agent_utc_ms(const struct agent *agent)
{
    return agent->seams.clock->utc_ms(agent->seams.clock);
}
