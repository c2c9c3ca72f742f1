#ifndef COMMON_MODEL_FINDING_H
#define COMMON_MODEL_FINDING_H

/*
 * A finding is what a rule says about a form: data, for a person. All of a form's
 * findings are collected, none stops the others.
 */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/digest.h"
#include "common/model/code.h"
#include "common/model/period.h"

struct arena;
struct submission;

/* The three classes of the regulation. The numbers travel: never reuse one. */
enum finding_class {
    FINDING_MANDATORY = 1, /* 强制性: blocks                                  */
    FINDING_EXPLAIN = 2,   /* 核实性: passes with a coded reason and a text   */
    FINDING_HINT = 3       /* 提示性: for information                         */
};

struct finding {
    enum finding_class class;
    struct code rule;
    struct code form;
    struct period period;
    const char *row_key; /* "" for the form itself */
    struct code item;    /* the cell to look at first; no code: the whole form */
    const char *words;   /* the rule's words, in the person's language */
    const char *evidence; /* the operands with their values: "第二产业增加值 700 万元 + …" */
    const char *advice; /* what to do */
    bool explained;     /* an explanation for this rule and row came along */
};

/* In a fixed order: form, rule, row key. Lives in the arena it was created in. */
struct findings {
    struct arena *arena;
    struct finding *items;
    size_t count;
    size_t capacity;
};

struct findings findings_in(struct arena *arena);
/* Copies the texts into the arena. */
void findings_add(struct findings *findings, const struct finding *finding);
/* Sorts, and marks those that the submission explains. */
void findings_settle(struct findings *findings, const struct submission *submission);
/* Whether anything stands in the way: a mandatory one, or one to explain without explanation. */
bool findings_block(const struct findings *findings);
size_t findings_count(const struct findings *findings, enum finding_class class);
/* SHA-256 over class, rule and row key of each, in order: what agent and aggregator compare. */
struct digest findings_digest(const struct findings *findings);

const char *finding_class_name(enum finding_class class);  /* "mandatory" */
const char *finding_class_words(enum finding_class class); /* "强制性" */

#endif
