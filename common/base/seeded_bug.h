#ifndef COMMON_BASE_SEEDED_BUG_H
#define COMMON_BASE_SEEDED_BUG_H

/*
 * Bugs kept on purpose: each breaks one promise at the very line that keeps it, and a suite has
 * to notice. They exist only in a build configured with SEEDED_BUGS=ON, where the environment
 * variable ZONETALLY_BUG names the one that is awake. In every other build seeded_bug() is the
 * constant false and the compiler drops what depends on it.
 *
 * tests/controls/ lists which suite must fail for which bug.
 */

#include <stdbool.h>

/* clang-format off */
#define SEEDED_BUG_LIST(BUG) \
    BUG(ACKNOWLEDGE_BEFORE_COMMIT,   "acknowledge-before-commit") \
    BUG(COUNT_A_DUPLICATE,           "count-a-duplicate") \
    BUG(TAKE_A_FORK_FOR_A_REPEAT,    "take-a-fork-for-a-repeat") \
    BUG(SKIP_PREVIOUS,               "skip-previous") \
    BUG(TAKE_A_FENCED_STATEMENT,     "take-a-fenced-statement") \
    BUG(IGNORE_A_REVOCATION,         "ignore-a-revocation") \
    BUG(SKIP_THE_SIGNATURE,          "skip-the-signature") \
    BUG(VOUCH_WITHOUT_A_WITNESS,     "vouch-without-a-witness") \
    BUG(NEVER_LOOK_AGAIN,            "never-look-again") \
    BUG(SKIP_THE_READ_BACK,          "skip-the-read-back") \
    BUG(SKIP_THE_BUNDLE_HASH,        "skip-the-bundle-hash") \
    BUG(SKIP_THE_BUNDLE_SIGNATURE,   "skip-the-bundle-signature") \
    BUG(TAKE_ANOTHER_PROVINCES_BUNDLE, "take-another-provinces-bundle") \
    BUG(TAKE_AN_UNFINISHED_BODY,     "take-an-unfinished-body") \
    BUG(TAKE_ANYBODYS_ANSWER,        "take-anybodys-answer") \
    BUG(TAKE_HALF_AN_ANSWER,         "take-half-an-answer") \
    BUG(CONCLUDE_FROM_A_STALE_ANSWER, "conclude-from-a-stale-answer") \
    BUG(TAKE_HALF_A_BUNDLE,          "take-half-a-bundle") \
    BUG(LEAVE_OUT_THE_LAST_BATCH,    "leave-out-the-last-batch") \
    BUG(LEAVE_REJECTED_FIGURES,      "leave-rejected-figures") \
    BUG(SUSPEND_AT_A_DOUBT,          "suspend-at-a-doubt") \
    BUG(FORGET_A_FORK,               "forget-a-fork") \
    BUG(COUNT_A_REJECTED_RETURN,     "count-a-rejected-return") \
    BUG(ADOPT_AN_OLDER_CATALOGUE,    "adopt-an-older-catalogue") \
    BUG(SKIP_THE_SCAN,               "skip-the-scan") \
    BUG(TAKE_A_WRITTEN_DEFAULT,      "take-a-written-default") \
    BUG(TAKE_A_RECORD_OF_ANOTHER_KIND, "take-a-record-of-another-kind") \
    BUG(TAKE_A_PROOF_OF_ANOTHER_SIZE, "take-a-proof-of-another-size") \
    BUG(TAKE_ANY_OLD_ROOT,           "take-any-old-root") \
    BUG(SKIP_THE_CHECKSUM,           "skip-the-checksum") \
    BUG(SKIP_THE_PAGES,              "skip-the-pages") \
    BUG(BELIEVE_AN_OLDER_PAGE,       "believe-an-older-page") \
    BUG(BELIEVE_AN_ABSENCE,          "believe-an-absence") \
    BUG(GO_ON_WITHOUT_MEMORY,        "go-on-without-memory") \
    BUG(NEVER_SYNC,                  "never-sync") \
    BUG(LEAVE_THE_META_PAGE,         "leave-the-meta-page") \
    BUG(FORGET_THE_FOLDER,           "forget-the-folder") \
    BUG(REPLACE_WITHOUT_SYNC,        "replace-without-sync") \
    BUG(LEAVE_THE_STATE_UNSYNCED,    "leave-the-state-unsynced") \
    BUG(OVERLOOK_AN_INTERRUPTION,    "overlook-an-interruption") \
    BUG(OPEN_ANY_FORMAT,             "open-any-format") \
    BUG(MAKE_A_STORE_IN_PLACE,       "make-a-store-in-place") \
    BUG(ROUND_A_CARRIED_FIGURE,      "round-a-carried-figure") \
    BUG(FORGET_WHAT_A_FORK_WAS,      "forget-what-a-fork-was") \
    BUG(LOSE_WHAT_DOES_NOT_FIT,      "lose-what-does-not-fit") \
    BUG(SIGN_WHAT_DOES_NOT_EXTEND,   "sign-what-does-not-extend") \
    BUG(SIGNER_STATE_NOT_WRITTEN,    "signer-state-not-written") \
    BUG(SKIP_THE_SECOND_ROOT,        "skip-the-second-root") \
    BUG(BACKED_UP_TOO_EARLY,         "backed-up-too-early") \
    BUG(RECOVER_WITHOUT_THE_CHAIN,   "recover-without-the-chain") \
    BUG(RECOVER_WITHOUT_A_SIGNATURE, "recover-without-a-signature") \
    BUG(TAKE_AN_OLDER_CATALOGUE,     "take-an-older-catalogue") \
    BUG(TAKE_ANY_CATALOGUE,          "take-any-catalogue") \
    BUG(PUBLISH_AN_UNPROVED_BACKUP,  "publish-an-unproved-backup") \
    BUG(RESTORE_WHAT_IS_DAMAGED,     "restore-what-is-damaged") \
    BUG(SEAL_WITHOUT_A_LINK,         "seal-without-a-link") \
    BUG(KEEP_A_SEALED_DRAFT,         "keep-a-sealed-draft") \
    BUG(MOVE_ON_WITHOUT_A_RECEIPT,   "move-on-without-a-receipt") \
    BUG(BELIEVE_ANY_RECEIPT,         "believe-any-receipt") \
    BUG(BELIEVE_A_REWRITTEN_JOURNAL, "believe-a-rewritten-journal") \
    BUG(OVERLOOK_ANOTHER_HISTORY,    "overlook-another-history") \
    BUG(ACCEPT_AN_OLD_TOKEN,         "accept-an-old-token") \
    BUG(LATER_VERSION_WINS,          "later-version-wins") \
    BUG(OVERLOOK_A_DISPUTE,          "overlook-a-dispute") \
    BUG(RELY_ON_WHAT_WAS_WITHDRAWN,  "rely-on-what-was-withdrawn") \
    BUG(COMPARE_NOTHING,             "compare-nothing") \
    BUG(IMPORT_WITHOUT_A_GUARD,      "import-without-a-guard") \
    BUG(FORGET_A_CULPRIT,            "forget-a-culprit") \
    BUG(SEAL_WITHOUT_ROOM,           "seal-without-room") \
    BUG(IGNORE_THE_WINDOW,           "ignore-the-window") \
    BUG(BELIEVE_A_NOTICE,            "believe-a-notice") \
    BUG(ROTATE_UNSIGNED,             "rotate-unsigned") \
    BUG(USE_NEW_KEYS_BEFORE_THE_RECEIPT, "use-new-keys-before-the-receipt") \
    BUG(LET_A_COPY_ACT, "let-a-copy-act") \
    BUG(USE_A_CODE_TWICE, "use-a-code-twice") \
    BUG(TRUST_THE_USER_ID, "trust-the-user-id") \
    BUG(LEAVE_THE_DOOR_OPEN, "leave-the-door-open") \
    BUG(KEEP_THE_OLD_CONNECTION_KEY, "keep-the-old-connection-key")
/* clang-format on */

enum seeded_bug {
#define SEEDED_BUG_MEMBER(name, word) BUG_##name,
    SEEDED_BUG_LIST(SEEDED_BUG_MEMBER)
#undef SEEDED_BUG_MEMBER
        SEEDED_BUG_COUNT
};

const char *seeded_bug_name(enum seeded_bug bug);

#ifdef SEEDED_BUGS
bool seeded_bug(enum seeded_bug bug);
#else
static inline bool seeded_bug(enum seeded_bug bug)
{
    (void)bug;
    return false;
}
#endif

#endif
