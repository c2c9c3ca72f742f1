#define _GNU_SOURCE /* memmem */
#include "tests/bench/storm/nats.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/attributes.h"
#include "tests/bench/storm/consignment.h"

#define WORDS_SIZE 512
#define STREAM "STORM"

static void say(struct crowd *crowd, size_t agent, const char *words)
{
    crowd_say(crowd, agent, bytes_of_text(words));
}

/* Each statement is answered at an address of its own: _INBOX.AGENT.NUMBER. */
static void greet(struct crowd *crowd, size_t agent)
{
    char words[WORDS_SIZE];
    snprintf(words, sizeof words,
             "CONNECT {\"verbose\":false,\"pedantic\":false}\r\nSUB _INBOX.%zu.* 1\r\nPING\r\n",
             agent);
    say(crowd, agent, words);
}

/* The stream is kept in files; one copy, as there is one server. */
static void found(struct crowd *crowd, size_t agent)
{
    static const char stream[] =
        "{\"name\":\"" STREAM "\",\"subjects\":[\"returns.*\"],\"retention\":\"limits\","
        "\"max_consumers\":-1,\"max_msgs\":-1,\"max_bytes\":-1,\"discard\":\"old\","
        "\"storage\":\"file\",\"num_replicas\":1}";
    char words[WORDS_SIZE];
    snprintf(words, sizeof words, "PUB $JS.API.STREAM.CREATE." STREAM " _INBOX.%zu.0 %zu\r\n%s\r\n",
             agent, sizeof stream - 1, stream);
    say(crowd, agent, words);
}

static void publish(struct crowd *crowd, size_t agent, size_t number)
{
    struct bytes sealed = consignment_at(crowd_options(crowd)->consignment, agent, number);
    char words[WORDS_SIZE];
    snprintf(words, sizeof words, "PUB returns.%zu _INBOX.%zu.%zu %zu\r\n", agent, agent, number,
             sealed.size);
    say(crowd, agent, words);
    crowd_say(crowd, agent, sealed);
    say(crowd, agent, "\r\n");
}

static bool has(struct bytes text, const char *word)
{
    return memmem(text.data, text.size, word, strlen(word)) != NULL;
}

/* {"stream":"STORM","seq":1} */
static void take_answer(struct crowd *crowd, size_t agent, size_t number, struct bytes answer)
{
    if (has(answer, "\"error\""))
        crowd_break(crowd, "NATS refused", answer);
    else if (crowd_options(crowd)->founds)
        crowd_let_in(crowd, agent);
    else if (has(answer, "\"stream\":\"" STREAM "\"") && has(answer, "\"seq\":"))
        crowd_acknowledged(crowd, agent, number);
    else
        crowd_break(crowd, "not an acknowledgement", answer);
}

/* MSG _INBOX.AGENT.NUMBER 1 SIZE, then the answer on the next line. */
static size_t take_message(struct crowd *crowd, size_t agent, const char *line, struct bytes heard,
                           size_t line_size)
{
    size_t to, number, size;
    if (sscanf(line, "MSG _INBOX.%zu.%zu 1 %zu", &to, &number, &size) != 3 || to != agent) {
        crowd_break(crowd, "not understood", bytes_of_text(line));
        return 0;
    }
    if (heard.size < line_size + size + 2)
        return 0;
    take_answer(crowd, agent, number, (struct bytes){ (const char *)heard.data + line_size, size });
    return line_size + size + 2;
}

static size_t hear(struct crowd *crowd, size_t agent, struct bytes heard)
{
    char line[WORDS_SIZE] = "";
    const char *end = memchr(heard.data, '\n', heard.size);
    if (!end)
        return 0;
    size_t size = (size_t)(end - (const char *)heard.data) + 1;
    memcpy(line, heard.data, size < sizeof line ? size : sizeof line - 1);
    if (strncmp(line, "MSG ", 4) == 0)
        return take_message(crowd, agent, line, heard, size);
    if (strncmp(line, "PING", 4) == 0)
        say(crowd, agent, "PONG\r\n");
    else if (strncmp(line, "PONG", 4) == 0 && crowd_options(crowd)->founds)
        found(crowd, agent);
    else if (strncmp(line, "PONG", 4) == 0)
        crowd_let_in(crowd, agent);
    else if (strncmp(line, "-ERR", 4) == 0)
        crowd_break(crowd, "NATS", bytes_of_text(line));
    return size;
}

const struct crowd_protocol nats_protocol = { greet, hear, publish };
