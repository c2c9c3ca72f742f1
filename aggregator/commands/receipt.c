#include <inttypes.h>
#include <stdio.h>

#include "aggregator/commands/commands.h"
#include "aggregator/province.h"
#include "common/base/arena.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/model/finding.h"
#include "common/storage/file.h"
#include "common/wire/receipt.h"

/* Whoever has the card needs nothing else: no data folder, no keys. */
bool command_receipt_verify(const struct arguments *arguments, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    const char *path = arguments_option(arguments, "card");
    struct province_card card;
    struct receipt receipt;
    struct bytes text;
    char moment[CLOCK_TEXT_SIZE], hash[DIGEST_TEXT_SIZE], rule[CODE_TEXT_SIZE];
    if (!path)
        path = arena_format(arena, "%s/" PROVINCE_CARD_FILE, arguments->data_folder);
    if (!file_read(path, CARD_SIZE_MAX, arena, &text, err) ||
        !province_card_read(text, arena, &card, err) ||
        !file_read(arguments->operands[0], RECEIPT_TEXT_SIZE_MAX, arena, &text, err) ||
        !receipt_read(text, arena, &receipt, err) ||
        !receipt_verify(&receipt, card.origin, card.keys.signing, err))
        return false;
    const struct arrival *arrival = &receipt.arrival;
    printf(MESSAGE_COMMAND_RECEIPT, arrival->stream.zone.text, arrival->sequence,
           verdict_words(arrival->verdict), clock_text(arrival->received_utc_ms, moment),
           receipt.position, digest_text(&arrival->statement_hash, hash));
    for (size_t i = 0; i < arrival->finding_count; i++)
        printf("  %s %s %s\n", finding_class_words((enum finding_class)arrival->findings[i].class),
               code_text(arrival->findings[i].rule, rule), arrival->findings[i].row_key);
    printf(MESSAGE_COMMAND_RECEIPT_HOLDS, card.origin);
    return true;
}
