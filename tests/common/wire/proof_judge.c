/*
 * The proofs' verifier behind lines of text, for proof_check.py: reads one question per
 * line, writes one answer per line. Hashes, keys and notes are in hexadecimal.
 *
 *     includes LEAF POSITION SIZE ROOT PATH…           yes | no
 *     extends OLD_SIZE OLD_ROOT SIZE ROOT PATH…        yes | no
 *     verify ORIGIN KEY NOTE                           yes SIZE ROOT | no
 *     sign ORIGIN SIZE ROOT                            KEY NOTE
 */
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/random.h"
#include "common/wire/proof.h"

#define LINE_SIZE 65536
#define PATH_MAX_COUNT 80

struct question {
    char *words[PATH_MAX_COUNT + 8];
    size_t count;
};

static struct question question_of(char *line)
{
    struct question question = { .count = 0 };
    char *rest = line;
    for (char *word; (word = strtok_r(rest, " \n", &rest));)
        if (question.count < COUNT_OF(question.words))
            question.words[question.count++] = word;
    return question;
}

static struct digest digest_at(const struct question *question, size_t at)
{
    struct digest digest;
    if (at >= question->count || !digest_parse(question->words[at], &digest))
        exit(EXIT_FAILURE);
    return digest;
}

static uint64_t number_at(const struct question *question, size_t at)
{
    if (at >= question->count)
        exit(EXIT_FAILURE);
    return strtoull(question->words[at], NULL, 10);
}

static size_t path_from(const struct question *question, size_t first,
                        struct digest path[PATH_MAX_COUNT])
{
    size_t count = 0;
    for (size_t at = first; at < question->count && count < PATH_MAX_COUNT; at++)
        path[count++] = digest_at(question, at);
    return count;
}

static bool answer_proof(const struct question *question, bool inclusion)
{
    struct digest path[PATH_MAX_COUNT];
    size_t count = path_from(question, 5, path);
    struct digest root = digest_at(question, 4);
    if (inclusion) {
        struct digest leaf = digest_at(question, 1);
        return proof_includes(&leaf, number_at(question, 2), number_at(question, 3), path, count,
                              &root);
    }
    struct digest old_root = digest_at(question, 2);
    return proof_extends(number_at(question, 1), &old_root, number_at(question, 3), &root, path,
                         count);
}

static void answer_verify(const struct question *question, struct arena *arena)
{
    unsigned char note[LINE_SIZE / 2];
    size_t size = 0;
    struct digest key = digest_at(question, 2), root;
    struct checkpoint out;
    struct error err;
    char text[DIGEST_TEXT_SIZE];
    if (question->count != 4 || sodium_hex2bin(note, sizeof note, question->words[3],
                                               strlen(question->words[3]), NULL, &size, NULL) != 0)
        exit(EXIT_FAILURE);
    if (!checkpoint_verify((struct bytes){ note, size }, question->words[1], key.bytes, arena, &out,
                           &err)) {
        puts("no");
        return;
    }
    root = out.root;
    printf("yes %" PRIu64 " %s\n", out.size, digest_text(&root, text));
}

static void answer_sign(const struct question *question, struct arena *arena)
{
    struct seeded_random random = seeded_random_of(2016);
    struct key_pair pair = key_pair_create(&random.random);
    struct checkpoint checkpoint = { .origin = question->words[1],
                                     .size = number_at(question, 2),
                                     .root = digest_at(question, 3) };
    struct bytes note = checkpoint_sign(&checkpoint, &pair, arena);
    char key[2 * KEY_SIZE + 1], text[2 * CHECKPOINT_SIZE_MAX + 1];
    printf("%s %s\n", sodium_bin2hex(key, sizeof key, pair.public.signing, KEY_SIZE),
           sodium_bin2hex(text, sizeof text, note.data, note.size));
}

int main(void)
{
    static char line[LINE_SIZE];
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    while (fgets(line, sizeof line, stdin)) {
        struct question question = question_of(line);
        const char *verb = question.count > 0 ? question.words[0] : "";
        if (strcmp(verb, "includes") == 0)
            puts(answer_proof(&question, true) ? "yes" : "no");
        else if (strcmp(verb, "extends") == 0)
            puts(answer_proof(&question, false) ? "yes" : "no");
        else if (strcmp(verb, "verify") == 0)
            answer_verify(&question, arena);
        else if (strcmp(verb, "sign") == 0)
            answer_sign(&question, arena);
        else
            return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
