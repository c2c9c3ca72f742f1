#include "tests/support/memory_sink.h"

static bool write_memory(struct byte_sink *sink, struct bytes bytes, struct error *err)
{
    (void)err;
    text_builder_add_bytes(&((struct memory_sink *)sink)->content, bytes);
    return true;
}

struct memory_sink memory_sink_open(void)
{
    return (struct memory_sink){ .sink = { write_memory } };
}

void memory_sink_close(struct memory_sink *sink)
{
    text_builder_free(&sink->content);
}

struct bytes memory_sink_bytes(const struct memory_sink *sink)
{
    return (struct bytes){ sink->content.text, sink->content.size };
}
