#include "common/wire/limits.h"

#include "common/base/digest.h"
#include "common/model/decision.h"
#include "common/model/receipt.h"
#include "common/model/submission.h"
#include "common/wire/bundle_header.h"
#include "common/wire/card.h"
#include "common/wire/entry.h"
#include "common/wire/excerpt.h"
#include "common/wire/message.h"
#include "common/wire/proof.h"
#include "proto/bundle.pb-c.h"
#include "proto/excerpt.pb-c.h"
#include "proto/journal.pb-c.h"
#include "proto/statement.pb-c.h"
#include "proto/sync.pb-c.h"

#define DEVICE_SIZE 16
#define SALT_SIZE 16
#define GROUNDS_SIZE sizeof(struct grounds)
#define PERIOD_SIZE_MAX 8 /* "2021-M07" */
#define ZONE_SIZE_MAX (ZONE_CODE_SIZE - 1)
#define ZONE_NAME_SIZE_MAX 256
#define ZONE_ATTRIBUTES_MAX 1024
#define TEXT_SIZE_MAX SUBMISSION_TEXT_SIZE_MAX
#define NAME_SIZE_MAX 128
#define CELLS_MAX SUBMISSION_CELLS_MAX
#define ROWS_MAX SUBMISSION_ROWS_MAX
#define KEY_MAX SUBMISSION_ROW_KEY_SIZE_MAX
#define CATALOGUE_SIZE_MAX (ENTRY_SIZE_MAX - 1024)
#define RECEIPT_ENTRY_SIZE_MAX MESSAGE_SIZE_MAX
#define NOTICE_ENTRY_SIZE_MAX (TEXT_SIZE_MAX + 256)
#define PATH_SIZE_MAX (PROOF_PATH_MAX * DIGEST_SIZE)
#define WELCOME_ZONE_SIZE_MAX (64u * 1024)
#define CONSISTENCY_SIZE_MAX (PROOF_EXTENSION_MAX * DIGEST_SIZE)

#define ENTRY_PROOF_SIZE_MAX (16u * 1024)

#define IN(message) &zonetally__##message##__descriptor

/* clang-format off */
static const struct limit limits[] = {
    /* message, field                 size_min        size_max                count_max */
    { IN(sealed_statement), 1,        1,              STATEMENT_SIZE_MAX,     0, false },
    { IN(sealed_statement), 2,        SIGNATURE_SIZE, SIGNATURE_SIZE,         0, false },

    { IN(statement), 2,               1,              CARD_PROVINCE_SIZE_MAX, 0, false },
    { IN(statement), 3,               1,              ZONE_SIZE_MAX,          0, false },
    { IN(statement), 4,               DEVICE_SIZE,    DEVICE_SIZE,            0, false },
    { IN(statement), 7,               DIGEST_SIZE,    DIGEST_SIZE,            0, false },
    { IN(statement), 8,               DIGEST_SIZE,    DIGEST_SIZE,            0, false },
    { IN(statement), 10,              SALT_SIZE,      SALT_SIZE,              0, false },

    { IN(submission), 2,              1,              PERIOD_SIZE_MAX,        0, false },
    { IN(submission), 5,              0,              0,                      CELLS_MAX, false },
    { IN(submission), 6,              0,              0,                      CELLS_MAX, false },
    { IN(submission), 7,              1,              CELLS_MAX,              0, false },
    { IN(submission), 8,              1,              KEY_MAX,                ROWS_MAX, false },
    { IN(submission), 9,              0,              0,                      SUBMISSION_COLUMNS_MAX, false },
    { IN(submission), 10,             0,              0,                      SUBMISSION_EXPLANATIONS_MAX, false },
    { IN(submission), 11,             0,              0,                      SUBMISSION_SIGN_OFFS_MAX, false },
    { IN(submission), 12,             DIGEST_SIZE,    DIGEST_SIZE,            0, false },
    { IN(submission), 13,             GROUNDS_SIZE,   GROUNDS_SIZE,           0, false },

    { IN(column), 2,                  0,              0,                      ROWS_MAX, false },
    { IN(column), 3,                  1,              ROWS_MAX,               0, false },
    { IN(column), 4,                  0,              TEXT_SIZE_MAX,          ROWS_MAX, true },

    { IN(explanation), 2,             1,              KEY_MAX,                0, false },
    { IN(explanation), 4,             1,              TEXT_SIZE_MAX,          0, true },
    { IN(sign_off), 2,                1,              NAME_SIZE_MAX,          0, false },
    { IN(withdrawal), 2,              1,              PERIOD_SIZE_MAX,        0, false },
    { IN(withdrawal), 4,              1,              TEXT_SIZE_MAX,          0, true },
    { IN(key_rotation), 1,            KEY_SIZE,       KEY_SIZE,               0, false },
    { IN(key_rotation), 2,            KEY_SIZE,       KEY_SIZE,               0, false },
    { IN(key_rotation), 3,            SIGNATURE_SIZE, SIGNATURE_SIZE,         0, false },
    { IN(note), 1,                    1,              TEXT_SIZE_MAX,          0, true },

    { IN(arrival), 1,                 1,              ZONE_SIZE_MAX,          0, false },
    { IN(arrival), 2,                 DEVICE_SIZE,    DEVICE_SIZE,            0, false },
    { IN(arrival), 5,                 DIGEST_SIZE,    DIGEST_SIZE,            0, false },
    { IN(arrival), 7,                 0,              0,                      RECEIPT_FINDINGS_MAX, false },
    { IN(arrival), 8,                 1,              RECEIPT_FINDINGS_MAX,   0, false },
    { IN(arrival), 9,                 0,              KEY_MAX,                RECEIPT_FINDINGS_MAX, false },
    { IN(enrolment), 1,               1,              ZONE_SIZE_MAX,          0, false },
    { IN(enrolment), 2,               DEVICE_SIZE,    DEVICE_SIZE,            0, false },
    { IN(enrolment), 4,               KEY_SIZE,       KEY_SIZE,               0, false },
    { IN(enrolment), 5,               KEY_SIZE,       KEY_SIZE,               0, false },
    { IN(enrolment), 6,               1,              CARD_LABEL_SIZE_MAX,    0, false },
    { IN(enrolment), 8,               DIGEST_SIZE,    DIGEST_SIZE,            0, false },
    { IN(revocation), 1,              1,              ZONE_SIZE_MAX,          0, false },
    { IN(revocation), 2,              DEVICE_SIZE,    DEVICE_SIZE,            0, false },
    { IN(revocation), 3,              1,              TEXT_SIZE_MAX,          0, true },
    { IN(suspension), 1,              1,              ZONE_SIZE_MAX,          0, false },
    { IN(suspension), 2,              DEVICE_SIZE,    DEVICE_SIZE,            0, false },
    { IN(zone_record), 1,             1,              ZONE_SIZE_MAX,          0, false },
    { IN(zone_record), 2,             1,              ZONE_NAME_SIZE_MAX,     0, false },
    { IN(zone_record), 3,             1,              ZONE_NAME_SIZE_MAX,     0, false },
    { IN(zone_record), 4,             1,              NAME_SIZE_MAX,          0, false },
    { IN(zone_record), 5,             1,              ZONE_NAME_SIZE_MAX,     0, false },
    { IN(zone_record), 6,             1,              NAME_SIZE_MAX,          0, false },
    { IN(zone_record), 7,             0,              0,                      ZONE_ATTRIBUTES_MAX, false },
    { IN(zone_record), 8,             1,              PERIOD_SIZE_MAX,        0, false },
    { IN(zone_record), 9,             1,              PERIOD_SIZE_MAX,        0, false },
    { IN(zone_attribute), 3,          1,              PERIOD_SIZE_MAX,        0, false },
    { IN(catalogue_adoption), 1,      DIGEST_SIZE,    DIGEST_SIZE,            0, false },
    { IN(catalogue_adoption), 2,      1,              CATALOGUE_SIZE_MAX,     0, false },
    { IN(catalogue_closure), 1,       DIGEST_SIZE,    DIGEST_SIZE,            0, false },
    { IN(backup_record), 2,           DIGEST_SIZE,    DIGEST_SIZE,            0, false },
    { IN(backup_record), 3,           1,              NAME_SIZE_MAX,          0, false },
    { IN(generation_opening), 3,      DIGEST_SIZE,    DIGEST_SIZE,            0, false },
    { IN(generation_opening), 4,      0,              0,                      GENERATIONS_MAX, false },
    { IN(generation_opening), 5,      1,              TEXT_SIZE_MAX,          0, true },
    { IN(lost_generation), 4,         DIGEST_SIZE,    DIGEST_SIZE,            0, false },
    { IN(decision), 1,                1,              ZONE_SIZE_MAX,          0, false },
    { IN(decision), 3,                1,              PERIOD_SIZE_MAX,        0, false },
    { IN(decision), 6,                1,              TEXT_SIZE_MAX,          0, true },
    { IN(decision), 8,                DIGEST_SIZE,    DIGEST_SIZE,            0, false },
    { IN(decision), 9,                1,              NAME_SIZE_MAX,          0, false },

    { IN(hello), 3,                   1,              CARD_PROVINCE_SIZE_MAX, 0, false },
    { IN(hello), 4,                   1,              ZONE_SIZE_MAX,          0, false },
    { IN(hello), 5,                   DEVICE_SIZE,    DEVICE_SIZE,            0, false },
    { IN(hello), 8,                   DIGEST_SIZE,    DIGEST_SIZE,            0, false },
    { IN(hello), 11,                  1,              MESSAGE_TOKEN_SIZE_MAX, 0, false },
    { IN(hello), 13,                  MESSAGE_NONCE_SIZE, MESSAGE_NONCE_SIZE,         0, false },
    { IN(hello), 14,                  MESSAGE_NONCE_SIZE, MESSAGE_NONCE_SIZE,         0, false },
    { IN(hello), 23,                  0,              0,                      MESSAGE_LOST_MAX, false },
    { IN(hello), 28,                  DIGEST_SIZE,    DIGEST_SIZE,            MESSAGE_LOST_MAX, false },
    { IN(welcome), 3,                 DIGEST_SIZE,    DIGEST_SIZE,            0, false },
    { IN(welcome), 6,                 DIGEST_SIZE,    DIGEST_SIZE,            0, false },
    { IN(welcome), 8,                 1,              MESSAGE_TOKEN_SIZE_MAX, 0, false },
    { IN(welcome), 9,                 1,              CHECKPOINT_SIZE_MAX,    0, false },
    { IN(welcome), 10,                DIGEST_SIZE,    CONSISTENCY_SIZE_MAX,   0, false },
    { IN(welcome), 11,                1,              WELCOME_ZONE_SIZE_MAX,  0, false },
    { IN(entry_proof), 1,             1,              ENTRY_PROOF_SIZE_MAX,   0, false },
    { IN(entry_proof), 3,             DIGEST_SIZE,    PATH_SIZE_MAX,          0, false },
    { IN(submit), 1,                  0,              0,                      MESSAGE_STATEMENTS_MAX, false },
    { IN(receipts), 1,                1,              CHECKPOINT_SIZE_MAX,    MESSAGE_RECEIPTS_MAX, false },
    { IN(receipts), 2,                0,              0,                      MESSAGE_RECEIPTS_MAX, false },
    { IN(receipt_item), 1,            1,              RECEIPT_ENTRY_SIZE_MAX, 0, false },
    { IN(receipt_item), 3,            DIGEST_SIZE,    PATH_SIZE_MAX,          0, false },
    { IN(gap), 2,                     DIGEST_SIZE,    DIGEST_SIZE,            0, false },
    { IN(chunk), 1,                   DIGEST_SIZE,    DIGEST_SIZE,            0, false },
    { IN(chunk), 4,                   1,              MESSAGE_PART_SIZE_MAX,  0, false },
    { IN(catalogue_ask), 1,           DIGEST_SIZE,    DIGEST_SIZE,            0, false },
    { IN(part), 1,                    DIGEST_SIZE,    DIGEST_SIZE,            0, false },
    { IN(part), 4,                    1,              MESSAGE_PART_SIZE_MAX,  0, false },
    { IN(chunk_head), 1,              DIGEST_SIZE,    DIGEST_SIZE,            0, false },
    { IN(chunk_ask), 1,               DIGEST_SIZE,    DIGEST_SIZE,            0, false },
    { IN(ask_notices), 1,             DEVICE_SIZE,    DEVICE_SIZE,            0, false },
    { IN(notices), 1,                 1,              CHECKPOINT_SIZE_MAX,    0, false },
    { IN(notices), 2,                 0,              0,                      NOTICES_MAX, false },
    { IN(notice_item), 1,             1,              NOTICE_ENTRY_SIZE_MAX,  0, false },
    { IN(notice_item), 3,             DIGEST_SIZE,    PATH_SIZE_MAX,          0, false },
    { IN(application), 1,             1,              CARD_SIZE_MAX,          0, false },
    { IN(application_taken), 1,       DIGEST_SIZE,    DIGEST_SIZE,            0, false },
    { IN(challenge), 1,               MESSAGE_NONCE_SIZE, MESSAGE_NONCE_SIZE,         0, false },

    { IN(bundle_header), 3,           1,              CARD_PROVINCE_SIZE_MAX, 0, false },
    { IN(bundle_header), 4,           KEY_SIZE,       KEY_SIZE,               0, false },
    { IN(bundle_header), 5,           KEY_SIZE,       KEY_SIZE,               0, false },
    { IN(bundle_header), 6,           1,              ZONE_SIZE_MAX,          0, false },
    { IN(bundle_header), 7,           DEVICE_SIZE,    DEVICE_SIZE,            0, false },
    { IN(bundle_header), 13,          BUNDLE_ID_SIZE, BUNDLE_ID_SIZE,         0, false },
    { IN(bundle_header), 15,          1,              BUNDLE_PROGRAM_SIZE_MAX, 0, false },
    { IN(excerpt), 1,                 1,              CHECKPOINT_SIZE_MAX,    0, false },
    { IN(excerpt), 2,                 DIGEST_SIZE,    CONSISTENCY_SIZE_MAX,   0, false },
    { IN(excerpt), 3,                 0,              0,                      EXCERPT_ITEMS_MAX, false },
    { IN(excerpt), 5,                 0,              0,                      EXCERPT_STREAMS_MAX, false },
    { IN(excerpt_item), 1,            1,              ENTRY_SIZE_MAX,         0, false },
    { IN(excerpt_item), 3,            DIGEST_SIZE,    PATH_SIZE_MAX,          0, false },
    { IN(excerpt_item), 5,            1,              CHECKPOINT_SIZE_MAX,    0, false },
    { IN(excerpt_item), 6,            DIGEST_SIZE,    PATH_SIZE_MAX,          0, false },
    { IN(heard_stream), 1,            DEVICE_SIZE,    DEVICE_SIZE,            0, false },
};
/* clang-format on */

const struct limit *limit_of(const struct ProtobufCMessageDescriptor *message,
                             const struct ProtobufCFieldDescriptor *field)
{
    for (size_t i = 0; i < COUNT_OF(limits); i++)
        if (limits[i].message == message && limits[i].field == field->id)
            return &limits[i];
    return NULL;
}

const struct limit *limit_behind(const struct limit *before,
                                 const struct ProtobufCFieldDescriptor *field)
{
    for (const struct limit *limit = before;
         limit < limits + COUNT_OF(limits) && limit->message == before->message; limit++)
        if (limit->field == field->id)
            return limit;
    return NULL;
}

bool limit_is_needed(const struct ProtobufCFieldDescriptor *field)
{
    return field->label == PROTOBUF_C_LABEL_REPEATED || field->type == PROTOBUF_C_TYPE_STRING ||
           field->type == PROTOBUF_C_TYPE_BYTES;
}
