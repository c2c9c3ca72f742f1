#include "agent/entry/margin.h"

#include <string.h>
#include <strings.h>

#include "common/base/text.h"
#include "common/format/figure.h"

static const char *const totals[] = { "合计", "总计", "小计", "共计", "total", "sum" };

static const char *const notes[] = {
    "注:",      "注：",     "附注",     "备注:",    "备注：",   "说明:",      "说明：",
    "填表人",   "填报人",   "制表人",   "审核人",   "复核人",   "单位负责人", "统计负责人",
    "填报单位", "报出日期", "填表日期", "填报日期", "联系电话", "note:",
};

static void remove_spaces(char *text)
{
    char *target = text;
    for (; *text; text++)
        if (*text != ' ')
            *target++ = *text;
    *target = '\0';
}

static enum margin margin_of_text(const char *text)
{
    for (size_t i = 0; i < COUNT_OF(totals); i++)
        if (strcasecmp(text, totals[i]) == 0)
            return MARGIN_TOTAL;
    for (size_t i = 0; i < COUNT_OF(notes); i++)
        if (strncasecmp(text, notes[i], strlen(notes[i])) == 0)
            return MARGIN_NOTE;
    return MARGIN_NONE;
}

enum margin margin_of(const struct csv_row *row)
{
    for (size_t i = 0; i < row->cell_count; i++) {
        char text[FIGURE_TEXT_SIZE];
        unsigned foldings;
        struct bytes cell = row->cells[i];
        bool long_one = cell.size >= FIGURE_TEXT_SIZE; /* a note may go on and on */
        if (long_one)
            for (cell.size = 0; cell.size < FIGURE_TEXT_SIZE / 2;)
                if (text_next(row->cells[i], &cell.size) < 0)
                    return MARGIN_NONE;
        if (!figure_fold(cell, text, &foldings))
            return MARGIN_NONE;
        remove_spaces(text);
        if (*text)
            return margin_of_text(text);
    }
    return MARGIN_NONE;
}
