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
#define WORDS_FIELD_CUT       WORDS("长度超出数据末尾", "runs beyond the end")
#define WORDS_FIELD_UNKNOWN   WORDS("含有本程序不认识的内容", "holds something this program does not know")
#define WORDS_FIELD_ORDER     WORDS("顺序颠倒或重复出现", "out of order or repeated")
#define WORDS_FIELD_WIRE_TYPE WORDS("类型不符", "of another type")
#define WORDS_FIELD_NUMBER    WORDS("数字写法不规范或超出范围", "a number badly written or out of range")
#define WORDS_FIELD_DEFAULT   WORDS("空值不应写出", "an empty value is written out")
#define WORDS_FIELD_CHOICE    WORDS("只能出现一种内容，却出现了多种", "more than one content")
#define WORDS_FIELD_TEXT      WORDS("文字不是规范的 UTF-8，或含有控制字符", "not clean UTF-8, or with control characters")
#define WORDS_FIELD_SIZE      WORDS("长度不在允许范围内", "of a length that is not allowed")
#define WORDS_FIELD_COUNT     WORDS("数量超过上限", "more than the limit")
#define WORDS_FIELD_MEMORY    WORDS("内容过大，无法处理", "too much to take in")
#define WORDS_FIELD_MISSING   WORDS("缺少必需的内容", "missing")
#define WORDS_FIELD_VALUE     WORDS("取值不允许", "of a value that is not allowed")
#define WORDS_FIELD_ASCENT    WORDS("未按升序排列或有重复", "not ascending or not unique")
#define WORDS_FIELD_LENGTHS   WORDS("数量与行数、指标数不一致", "not as many as rows or items")
#define MESSAGE_FIELD_REFUSED SAY("数据中的“%s”不符合约定：%s。数据未被采用；请确认双方程序版本一致后重新生成", "“%s” in the data is not as agreed: %s. The data was not used; make sure both programs are of the same version and produce it again")
#define MESSAGE_STATEMENT_TOO_LARGE SAY("这份报表封存后有 %.1f MiB，超过上限 %u MiB；请减少名录行数或文字后重试", "sealed, this return has %.1f MiB, more than the limit of %u MiB; shorten its roster or its texts")
#define MESSAGE_KEYS_FOREIGN  SAY("这不是密钥文件，请选择本机的密钥文件", "this is not a key file; choose the key file of this machine")
#define MESSAGE_KEYS_NEWER    SAY("密钥文件的版本是 %u，由更新的程序写成，请升级本程序", "the key file is of version %u, written by a newer program; update this one")
#define MESSAGE_KEYS_DAMAGED  SAY("密钥文件已损坏，请从备份恢复；没有备份时需重新注册本设备", "the key file is damaged; restore it from a backup, or enrol this device anew")

/* storage */
#define MESSAGE_STORAGE_OPEN SAY("打开数据库“%s”", "open the store '%s'")
#define MESSAGE_STORAGE_NOT_THERE SAY("“%s”中没有数据，请先执行 init", "there is no data in '%s': run init first")
#define MESSAGE_STORAGE_FULL SAY("存储空间已满，未写入任何内容；请清理磁盘后重试", "the disk or the store is full, nothing was written: make room and try again")
#define MESSAGE_STORAGE_CHECKSUM SAY("一条记录的校验和不符，数据已损坏；请停止使用并执行 doctor", "a record does not match its checksum, the data is damaged: stop and run doctor")
#define MESSAGE_STORAGE_TRUNCATED SAY("“%s”比它自己记载的短，文件不完整；请用备份恢复", "'%s' is shorter than it says itself, the file is not whole: restore a backup")
#define MESSAGE_STORAGE_FAILED SAY("数据库出错：%s", "the store failed: %s")
#define MESSAGE_STORAGE_OUTCOME_UNKNOWN SAY("写入结果不明，请重新启动后核对", "it is unknown whether this was written: start again and look")
#define MESSAGE_STORAGE_FORMAT SAY("数据库的格式版本与本程序（版本 %u）不一致，请使用相应版本的程序", "the store has another format than this program's (version %u): use the program that fits")
#define MESSAGE_STORAGE_FILE_SYSTEM SAY("“%s”位于 %s 文件系统上，不能保证断电后数据完整；请改用本机磁盘", "'%s' is on a %s file system, which does not keep data safe in a power cut: use a local disk")
#define MESSAGE_STORAGE_VERSION SAY("本机的数据库程序库（%s）有已知缺陷，请更新", "this machine's store library (%s) has a known fault: update it")
#define MESSAGE_FILE_OPEN SAY("无法打开“%s”：%s", "cannot open '%s': %s")
#define MESSAGE_FILE_NOT_THERE SAY("找不到文件“%s”", "there is no file '%s'")
#define MESSAGE_FILE_NOT_A_FILE SAY("“%s”不是普通文件", "'%s' is not a regular file")
#define MESSAGE_FILE_TOO_LARGE SAY("文件“%s”超过上限 %zu 字节", "the file '%s' is larger than the limit of %zu bytes")
#define MESSAGE_FILE_READ SAY("读取“%s”失败：%s", "cannot read '%s': %s")
#define MESSAGE_FILE_WRITE SAY("写入“%s”失败：%s", "cannot write '%s': %s")
#define MESSAGE_FILE_SYNC SAY("无法确认“%s”已写入磁盘：%s", "cannot make sure that '%s' is on disk: %s")
#define MESSAGE_FILE_IN_THE_WAY SAY("“%s”已经存在，未覆盖", "'%s' is there already and was not replaced")
#define MESSAGE_FILE_NAME_TOO_LONG SAY("文件或文件夹的路径太长", "the path of a file or folder is too long")

/* format */
#define MESSAGE_FORMAT_EMPTY        SAY("文件是空的，请选择已填写的 CSV 文件", "the file is empty; choose a CSV file that was filled in")
#define MESSAGE_FORMAT_WORKBOOK     SAY("这是 Excel 工作簿，请另存为 CSV", "this is an Excel workbook; save it as CSV")
#define MESSAGE_FORMAT_OLD_WORKBOOK SAY("这是旧版 Excel 工作簿（.xls），请另存为 CSV", "this is an old Excel workbook (.xls); save it as CSV")
#define MESSAGE_FORMAT_PAGE         SAY("这是网页或 XML 文件，只是用了表格的扩展名；请用 Excel 打开后另存为 CSV", "this is a web page or XML under the name of a table; open it in Excel and save it as CSV")
#define MESSAGE_FORMAT_UTF32        SAY("文件编码是 UTF-32，本系统不接受；请另存为“CSV UTF-8”", "the file is in UTF-32, which is not accepted; save it as “CSV UTF-8”")
#define MESSAGE_FORMAT_BINARY       SAY("文件含有空字节，不是文本文件；请另存为“CSV UTF-8”", "the file contains NUL bytes and is not a text; save it as “CSV UTF-8”")
#define MESSAGE_FORMAT_BROKEN       SAY("文件标明的编码是 %s，但第 %zu 字节处不符合该编码，文件可能被截断或损坏；请重新导出", "the file says it is %s, but byte %zu does not fit; it may be cut or damaged, export it again")
#define MESSAGE_FORMAT_TRIED_HEADER SAY("可以解码，但首行“%s”不是认得的表头", "it decodes, but its first line “%s” is no known header")
#define MESSAGE_FORMAT_TRIED_BROKEN SAY("第 %zu 字节处不符合该编码", "byte %zu does not fit")
#define MESSAGE_FORMAT_UNDECIDED    SAY("无法读懂文件。按 UTF-8：%s。按 GB18030：%s。请核对首行表头（可与 template 命令生成的模板对照），并另存为“CSV UTF-8”", "the file cannot be understood. As UTF-8: %s. As GB18030: %s. Compare the header with the template (command template) and save it as “CSV UTF-8”")

/* runtime */
#define MESSAGE_LOOP_SIGNALS SAY("无法接收停止信号：%s", "cannot receive the signals to stop: %s")
#define MESSAGE_LOOP_WAIT SAY("等待事件时出错：%s", "waiting for events failed: %s")
#define MESSAGE_OUTPUT_FAILED SAY("输出未能全部写出", "not all of the output could be written")
#define MESSAGE_PROGRAM_SAYS SAY("%s：%s\n", "%s: %s\n")
#define MESSAGE_HELP_PROGRAM SAY("用法：%s 命令 [参数]…\n%s\n\n命令：\n", "usage: %s COMMAND [ARGUMENT]…\n%s\n\ncommands:\n")
#define MESSAGE_HELP_COMMAND SAY("用法：%s %s %s [选项]…\n%s\n", "usage: %s %s %s [OPTION]…\n%s\n")
#define MESSAGE_HELP_OPTIONS SAY("\n选项：\n", "\noptions:\n")
#define MESSAGE_USAGE_SEE_HELP SAY("用 %s --help 查看全部命令\n", "%s --help lists the commands\n")
#define MESSAGE_USAGE_COMMAND SAY("没有“%s”这个命令", "there is no command '%s'")
#define MESSAGE_USAGE_COMMAND_NEAREST SAY("没有“%s”这个命令，是否指“%s”？", "there is no command '%s', did you mean '%s'?")
#define MESSAGE_USAGE_OPTION SAY("没有“--%.*s”这个选项", "there is no option '--%.*s'")
#define MESSAGE_USAGE_OPTION_NEAREST SAY("没有“--%.*s”这个选项，是否指“--%s”？", "there is no option '--%.*s', did you mean '--%s'?")
#define MESSAGE_USAGE_NO_VALUE SAY("选项“--%s”后面缺少内容：%s", "the option '--%s' needs a value: %s")
#define MESSAGE_USAGE_TOO_MANY SAY("多出了参数“%s”", "there is one argument too many: '%s'")
#define MESSAGE_USAGE_TOO_FEW SAY("缺少参数，应为：%s", "arguments are missing, expected: %s")
#define MESSAGE_USAGE_LANGUAGE SAY("没有“%s”这种语言，可用 zh 或 en", "there is no language '%s', use zh or en")

/* agent */
#define MESSAGE_DRAFT_TOO_MANY_CELLS    SAY("一张表最多填%d个单元格；请核对表号", "a form holds at most %d cells; check the form's code")
#define MESSAGE_DRAFT_EMPTY_EXPLANATION SAY("说明不能为空；请写明数据异常的原因", "the explanation is empty; say why the figure is right")
#define MESSAGE_DRAFT_LONG_EXPLANATION  SAY("说明最长%d字节，现有%zu字节；请精简后重新填写", "an explanation has at most %d bytes, this one has %zu; shorten it")
#define MESSAGE_DRAFT_UNCLEAN_TEXT      SAY("说明含有换行、控制字符或无法识别的字符；请删除后重新填写", "the explanation holds line ends, control or unreadable characters; remove them")
#define MESSAGE_DRAFT_TOO_MANY_EXPLANATIONS SAY("一份报表最多附%d条说明；请先更正数据", "a return carries at most %d explanations; correct figures first")
#define MESSAGE_DRAFT_NOT_CHECKED       SAY("报表尚未通过审核，不能签署；请先执行 check 并处理审核结果", "the return has not passed its check and cannot be signed; run check first and settle what it finds")
#define MESSAGE_DRAFT_UNKNOWN_ROLE      SAY("本表没有“%s”这一签署角色；form show 可查看应由谁签署", "this form has no role '%s'; form show tells who signs")
#define MESSAGE_DRAFT_ROLE_HAS_SIGNED   SAY("%s已由“%s”签署，不必重复签署", "the %s has signed already: %s")
#define MESSAGE_DRAFT_ROLE_NOT_NEXT     SAY("签署须按顺序进行；现在应由%s签署", "signatures come in order; next is the %s")
#define MESSAGE_DRAFT_NO_NAME           SAY("签署人姓名为空或含有无法识别的字符；请用 --name 写明姓名", "the signer's name is empty or unreadable; give it with --name")
#define MESSAGE_DRAFT_SAME_PERSON       SAY("“%s”已作为%s签署，不能再以%s身份签署；请由另一人签署", "%s has signed as %s and cannot sign as %s too; another person must sign")
#define MESSAGE_DRAFT_SIGNED_TOO_EARLY  SAY("报告期%s到%s才结束，结束前不能签署；请核对电脑日期", "period %s ends on %s and cannot be signed before; check the computer's date")

/* aggregator */
#define MESSAGE_JOURNAL_DAMAGED     SAY("日志第 %" PRIu64 " 条已损坏；请运行 doctor 检查存储", "entry %" PRIu64 " of the journal is damaged; run doctor on the store")
#define MESSAGE_JOURNAL_NO_POSITION SAY("日志中没有第 %" PRIu64 " 条", "the journal has no entry %" PRIu64)
#define MESSAGE_TREE_TILE_DIFFERS   SAY("从第 %" PRIu64 " 条起的日志内容与存储的树节点不一致；请运行 doctor 检查存储", "the journal from entry %" PRIu64 " on does not agree with the stored hash of its tree; run doctor on the store")
#define MESSAGE_TREE_LEAF_DIFFERS   SAY("日志第 %" PRIu64 " 条读回后与写入的不一致，未签名", "entry %" PRIu64 " of the journal reads back differently from what was written; nothing was signed")
#define MESSAGE_TREE_ROOT_DIFFERS   SAY("%" PRIu64 " 条日志的树根两次计算结果不一致，未签名", "the root over %" PRIu64 " entries came out differently the second time; nothing was signed")

/* clang-format on */

#endif
