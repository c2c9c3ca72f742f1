#ifndef COMMON_BASE_MESSAGES_H
#define COMMON_BASE_MESSAGES_H

/*
 * The one table of what a person reads: Chinese first, English second, the
 * placeholders in the same order. A message says what was found, where, and what
 * to do. Sections follow the layers; inside one, the order of the journey.
 *
 * SAY() is a sentence, WORDS() the name of something, for constant tables.
 *
 * Words of the catalogue (items, rules, advice) are not here: they stand in the
 * catalogue, in both languages.
 */

#include <inttypes.h>

#include "common/base/language.h"

/* clang-format off */

/* base */
#define MESSAGE_IN_CONTEXT    SAY("%s：%s", "%s: %s")
#define MESSAGE_OUT_OF_MEMORY SAY("内存不足，程序已停止；已保存的数据不受影响", "out of memory, the program has stopped; what was saved is safe")
#define MESSAGE_PROGRESS      SAY("%s　%" PRIu64 " / %" PRIu64 "（%d%%）", "%s  %" PRIu64 " / %" PRIu64 " (%d%%)")
#define MESSAGE_PROGRESS_OPEN SAY("%s　%" PRIu64, "%s  %" PRIu64)

/* model */
#define WORDS_VALUE_PRESENT        WORDS("有数", "present")
#define WORDS_VALUE_MISSING        WORDS("缺报", "missing")
#define WORDS_VALUE_NOT_APPLICABLE WORDS("不适用", "not applicable")
#define WORDS_VALUE_BELOW_UNIT     WORDS("不足最小单位", "below unit")
#define WORDS_VALUE_SUPPRESSED     WORDS("保密不公布", "suppressed")
#define WORDS_VALUE_NOT_COLLECTED  WORDS("未采集", "not collected")
#define WORDS_VALUE_ESTIMATED      WORDS("估算", "estimated")
#define WORDS_VALUE_PROVISIONAL    WORDS("初步数", "provisional")
#define WORDS_VALUE_SYNTHETIC      WORDS("模拟数据", "synthetic")
#define WORDS_STAGE_NOT_STARTED    WORDS("未开始", "not started")
#define WORDS_STAGE_DRAFT          WORDS("填报中", "draft")
#define WORDS_STAGE_CHECKED        WORDS("审核通过", "checked")
#define WORDS_STAGE_SIGNED         WORDS("已签署", "signed")
#define WORDS_STAGE_SEALED         WORDS("已封存", "sealed")
#define WORDS_STAGE_ACCEPTED       WORDS("已接收", "accepted")
#define WORDS_STAGE_REJECTED       WORDS("未通过", "rejected")
#define WORDS_STAGE_SENT_BACK      WORDS("已退回", "sent back")
#define WORDS_STAGE_LOCKED         WORDS("已锁定", "locked")
#define WORDS_FINDING_MANDATORY    WORDS("强制性", "mandatory")
#define WORDS_FINDING_EXPLAIN      WORDS("核实性", "to be explained")
#define WORDS_FINDING_HINT         WORDS("提示性", "hint")
#define WORDS_VERDICT_ACCEPTED     WORDS("接收", "accepted")
#define WORDS_VERDICT_REJECTED     WORDS("不接收", "rejected")
#define WORDS_VERDICT_SENT_BACK    WORDS("退回", "sent back")

/* catalogue */

/* cube */

/* wire */

/* storage */

/* format */

/* runtime */

/* agent */

/* aggregator */

/* clang-format on */

#endif
