#include "aggregator/signer.h"

#include <inttypes.h>
#include <stdio.h>

#include "aggregator/commands/commands.h"
#include "aggregator/ledger.h"
#include "aggregator/province.h"
#include "aggregator/signer_place.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/storage/file.h"
#include "common/wire/proof.h"

bool command_signer_show(const struct arguments *arguments, struct error *err)
{
    CLEANUP(province_close) struct province *province = command_open(arguments, err);
    char root[DIGEST_TEXT_SIZE];
    const char *folder;
    if (!province || !signer_place_read(arguments->data_folder, province->arena, &folder, err))
        return false;
    if (!province->signer) {
        *err = province->signer_trouble;
        return false;
    }
    struct signed_head head = signer_head(province->signer);
    printf(MESSAGE_SIGNER_SHOWN, folder, head.generation, head.size, digest_text(&head.root, root),
           ledger_size(province->ledger));
    if (!ledger_refresh(province->ledger, err))
        return false;
    printf(MESSAGE_SIGNER_FITS);
    return true;
}

bool command_signer_adopt(const struct arguments *arguments, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    const char *path = arguments_option(arguments, "published");
    struct bytes published = { NULL, 0 };
    CLEANUP(province_close) struct province *province = command_open(arguments, err);
    if (!province || (path && !file_read(path, CHECKPOINT_SIZE_MAX, arena, &published, err)))
        return false;
    uint64_t size = ledger_size(province->ledger);
    if (!command_confirm(arguments, arena_format(arena, MESSAGE_SIGNER_QUESTION, size), err) ||
        !province_adopt_signer(province, arguments->data_folder,
                               arguments_option(arguments, "signer"), published, err))
        return false;
    printf(MESSAGE_SIGNER_ADOPTED);
    return true;
}
