#ifndef AGENT_ENTRY_IMPORT_H
#define AGENT_ENTRY_IMPORT_H

/*
 * A file as offices keep it becomes a submission that somebody may store: pure, nothing
 * is read from disk and nothing is kept here.
 *
 *     bytes -> encoding -> csv -> table or roster -> STAGED SUBMISSION + problems + notices
 *
 * Every problem of the file is told at once, each with its cell, what was found and what
 * to do. With one problem or more the submission is not to be stored; notices say what
 * was understood differently from how it was written.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/catalogue/catalogue.h"
#include "common/model/period.h"
#include "common/model/submission.h"

struct arena;

#define IMPORT_SIZE_MAX (64u * 1024 * 1024) /* bytes of a file: the limit for file_read() */
#define IMPORT_NOTES_MAX 1000               /* problems kept, and notices kept */

struct import_request {
    const struct catalogue *catalogue;
    const char *file_name; /* as the user gave it; the last part may say form and period */
    size_t form;           /* CATALOGUE_NONE: as the file name says */
    struct period period;  /* year 0: as the file name says */
    struct bytes content;
};

/* A whole sentence: “第 7 行 D 列（D7）：…”. */
struct import_note {
    size_t row;    /* from 1, as a spreadsheet shows it; 0: the whole file */
    size_t column; /* from 1; 0: the whole row */
    const char *text;
};

/* In the order of the file. */
struct import_notes {
    struct arena *arena;
    struct import_note *items;
    size_t count;
    size_t capacity;
    size_t omitted; /* beyond IMPORT_NOTES_MAX */
};

struct import {
    size_t form;                  /* CATALOGUE_NONE: not known */
    struct period period;         /* year 0: not known */
    struct submission submission; /* form, period, cells or rows; all else is zero */
    struct import_notes problems;
    struct import_notes notices;
};

/* Everything of the result lives in the arena; it borrows the request's catalogue only.
 * A table's empty cell has no cell in the submission; a roster's empty one is VALUE_MISSING.
 * The key of a roster stands in row_keys and is no column. */
struct import import_read(const struct import_request *request, struct arena *arena);

/* Whether it may be stored: no problem at all. */
bool import_is_clean(const struct import *import);

/* Form and period of "JKQ401-2021-M03.csv" or "JKQ401-2021-03.csv" in whatever folder; what
 * the name does not say is CATALOGUE_NONE or year 0. */
void import_identify(const struct catalogue *catalogue, const char *file_name, size_t *out_form,
                     struct period *out_period);

#endif
