#include "aggregator/commands/commands.h"
#include "common/base/version.h"

#define OPTIONS(list) list, COUNT_OF(list)

/* clang-format off */
#define OPTION_UNTIL   { "until", "DAY", WORDS("有效期至该日（含），如 2027-12-31（缺省：不限）", "valid until this day, which counts, such as 2027-12-31 (default: without end)") }
#define OPTION_YES     { "yes", NULL, WORDS("不再询问", "do not ask") }
#define OPTION_FORMAT  { "format", "table|csv|json", WORDS("输出格式（缺省 table）", "form of the output (default: table)") }
#define OPTION_OUTPUT  { "output", "FILE", WORDS("写入文件，而不是屏幕", "write to a file instead of the screen") }
#define OPTION_PERIOD  { "period", "PERIOD", WORDS("报告期，如 2021、2021-Q3、2021-M07（缺省：最新有数的一期）", "2021, 2021-Q3, 2021-M07 (default: the newest with figures)") }

#define OPTION_SIGNER  { "signer", "FOLDER", WORDS("签名状态的文件夹，须在数据文件夹之外（缺省：其旁）", "where the signer keeps its state, outside the data folder (default: beside it)") }

static const struct command_option init_options[] = {
    { "province", "NAME", WORDS("省的代号（缺省 jilin）", "name of the province (default: jilin)") },
    { "listen", "ENDPOINT", WORDS("接收报送的地址（缺省 tcp://0.0.0.0:7700）", "where to receive (default: tcp://0.0.0.0:7700)") },
    { "catalogue", "PATH", WORDS("统计制度文件或文件夹（缺省：随程序提供的制度）", "a catalogue's file or folder (default: the one that is built in)") },
    OPTION_SIGNER,
};
static const struct command_option import_options[] = {
    OPTION_YES,
    { "dry-run", NULL, WORDS("只显示将有的变化，不写入", "show what would change, write nothing") },
    { "since", "PERIOD", WORDS("变化自哪一期起生效（缺省：本月）", "from when changes hold (default: this month)") },
};
static const struct command_option approve_options[] = {
    OPTION_YES,
    { "fingerprint", "DIGITS", WORDS("对方电话报来的指纹，须一致", "the fingerprint as read out on the telephone; it must match") },
    OPTION_UNTIL,
};
static const struct command_option renew_options[] = { OPTION_YES, OPTION_UNTIL };
static const struct command_option revoke_options[] = {
    OPTION_YES,
    { "reason", "TEXT", WORDS("吊销原因", "why") },
};
static const struct command_option serve_options[] = {
    { "listen", "ENDPOINT", WORDS("接收报送的地址（缺省：init 时设定的）", "where to receive (default: as set by init)") },
    { "ready-file", "FILE", WORDS("就绪后把实际地址写入此文件", "write the bound endpoint to this file once ready") },
    { "dropbox", "FOLDER", WORDS("同时接收放入此文件夹的数据包", "take in the bundles that are put into this folder, too") },
};
static const struct command_option bundle_import_options[] = {
    { "ack", "FOLDER", WORDS("把回执包写入此文件夹", "write the bundles with the receipts to this folder") },
};
static const struct command_option bundle_export_options[] = {
    { "to", "FOLDER", WORDS("写入此文件夹，如 U 盘", "the folder to write to, such as a stick") },
};
static const struct command_option adopt_options[] = {
    OPTION_YES, OPTION_SIGNER,
    { "published", "FILE", WORDS("开发区见过的、领先于总账的检查点（evidence show --output 所写）", "a checkpoint that a zone saw and that is ahead of the journal (as evidence show --output writes it)") },
};
static const struct command_option backup_options[] = {
    { "to", "FOLDER", WORDS("介质上的文件夹", "a folder on the medium") },
    { "medium", "NAME", WORDS("介质的名称，写入总账", "what the medium is called; it goes into the journal") },
    { "same-device", NULL, WORDS("与数据在同一磁盘也照做：介质会被带走", "also on the disk of the data: it will be carried away") },
    { "with-keys", NULL, WORDS("把密钥用口令密封后一并备份", "the secret keys too, sealed with a passphrase") },
    { "passphrase-file", "FILE", WORDS("口令文件，取第一行", "the file whose first line is the passphrase") },
};
static const struct command_option restore_options[] = {
    { "from", "FOLDER", WORDS("备份所在文件夹", "the backup") },
    { "to", "FOLDER", WORDS("恢复到的数据文件夹", "the data folder to be") },
    { "keys", "FILE", WORDS("省级密钥文件（缺省：数据文件夹中的，或备份中密封的）", "the file with the secret keys (default: of the data folder, or sealed in the backup)") },
    { "passphrase-file", "FILE", WORDS("口令文件，取第一行", "the file whose first line is the passphrase") },
    OPTION_SIGNER,
};
static const struct command_option generation_options[] = {
    OPTION_YES,
    { "reason", "TEXT", WORDS("原因，写入总账", "why; it goes into the journal") },
};
static const struct command_option doctor_options[] = {
    { "quarantine", NULL, WORDS("把损坏的内容移入隔离文件夹", "put damaged values aside, into files") },
    { "salvage", "FOLDER", WORDS("把完好的内容救出到另一个文件夹", "save everything sound to another folder") },
};
static const struct command_option receipt_options[] = {
    { "card", "CARD", WORDS("省级名片（缺省：数据文件夹中的）", "the province's card (default: of the data folder)") },
};
static const struct command_option status_options[] = { OPTION_PERIOD, OPTION_FORMAT, OPTION_OUTPUT };
static const struct command_option conflict_list_options[] = {
    { "all", NULL, WORDS("包括已裁定的", "also those that were decided") },
    OPTION_FORMAT, OPTION_OUTPUT,
};
static const struct command_option conflict_show_options[] = {
    { "statements", NULL, WORDS("输出各份报送，而不是不同之处（csv、json）", "the statements instead of the differences (csv, json)") },
    OPTION_FORMAT,
};
static const struct command_option review_options[] = {
    OPTION_YES,
    { "reason", "TEXT", WORDS("理由，开发区会看到", "why; the zone will read it") },
    { "by", "NAME", WORDS("由谁决定，写入总账", "who decides; it goes into the journal") },
};
static const struct command_option indicator_options[] = {
    OPTION_PERIOD,
    { "by", "GROUP", WORDS("分组：zone、level、plate、prefecture、province（缺省 province）", "zone, level, plate, prefecture or province (default: province)") },
    { "indicator", "CODE,…", WORDS("只要这些指标", "only these indicators") },
    OPTION_FORMAT, OPTION_OUTPUT,
};
static const struct command_option requirement_options[] = {
    OPTION_PERIOD,
    { "zone", "ZONE|GROUP", WORDS("只要这个开发区或分组", "only this zone or group") },
    { "summary", NULL, WORDS("只按条款汇总", "only a summary by clause") },
    OPTION_FORMAT, OPTION_OUTPUT,
};
static const struct command_option yes_options[] = { OPTION_YES };
static const struct command_option list_options[] = { OPTION_FORMAT, OPTION_OUTPUT };

static const struct command commands[] = {
    { "init", "", 0, 0, WORDS("建立省级汇总端：密钥、统计制度、省级名片", "set up the province: keys, catalogue, card"),
      OPTIONS(init_options), command_init },
    { "registry import", "FILE", 1, 1, WORDS("从 CSV 文件登记或更新开发区名录", "register zones, or change them, from a CSV file"),
      OPTIONS(import_options), command_registry_import },
    { "registry list", "", 0, 0, WORDS("列出开发区名录", "list the register of zones"), NULL, 0, command_registry_list },
    { "enrol add", "FILE", 1, 1, WORDS("收下一份设备注册申请", "take in a device's enrolment request"), NULL, 0, command_enrol_add },
    { "enrol list", "", 0, 0, WORDS("列出待批的申请和已注册的设备", "list requests and devices"), NULL, 0, command_enrol_list },
    { "enrol approve", "ZONE|DEVICE", 1, 1, WORDS("核对指纹后批准设备注册", "let a device in, after comparing its fingerprint"),
      OPTIONS(approve_options), command_enrol_approve },
    { "enrol revoke", "ZONE|DEVICE", 1, 1, WORDS("吊销设备", "shut a device out"), OPTIONS(revoke_options), command_enrol_revoke },
    { "enrol invite", "ZONE", 1, 1, WORDS("发给开发区一个一次性邀请码，供在线提交申请", "a one-time code with which a zone hands its request in over the network"), NULL, 0, command_enrol_invite },
    { "enrol renew", "ZONE|DEVICE", 1, 1, WORDS("为停用、分叉或由备份恢复的设备开启新的一代（密钥不变）", "open the next epoch of a device that was suspended, forked or restored (same keys)"),
      OPTIONS(renew_options), command_enrol_renew },
    { "streams list", "", 0, 0, WORDS("列出各设备的报送序列，哪些已冻结、由谁处理", "list the streams, which are frozen and who must decide"), OPTIONS(list_options), command_streams_list },
    { "serve", "", 0, 0, WORDS("接收各开发区的报送", "take in what the zones report"), OPTIONS(serve_options), command_serve },
    { "bundle import", "FILE…", 1, COMMAND_OPERANDS_MAX, WORDS("收下 U 盘或邮件送来的数据包", "take in bundles that came on a stick or by mail"),
      OPTIONS(bundle_import_options), command_bundle_import },
    { "bundle export", "ZONE|all", 1, 1, WORDS("导出给开发区的回执包", "write a zone's bundle of receipts"),
      OPTIONS(bundle_export_options), command_bundle_export },
    { "status", "", 0, 0, WORDS("谁已报送、迟报多久、还缺什么", "who has reported what, how late, and what is missing"), OPTIONS(status_options), command_status },
    { "conflicts list", "", 0, 0, WORDS("列出有争议、待裁定的报表", "list the returns that contradict each other and wait for a decision"), OPTIONS(conflict_list_options), command_conflicts_list },
    { "conflicts show", "ZONE FORM PERIOD", 3, 3, WORDS("逐项显示各份报送的不同之处", "show cell by cell where the statements differ"), OPTIONS(conflict_show_options), command_conflicts_show },
    { "conflicts resolve", "ZONE FORM PERIOD POSITION", 4, 4, WORDS("裁定以哪一份报送为准", "decide which statement counts"), OPTIONS(review_options), command_conflicts_resolve },
    { "returns send-back", "ZONE FORM PERIOD", 3, 3, WORDS("把有效版本退回开发区更正", "send the version that counts back to the zone"), OPTIONS(review_options), command_returns_send_back },
    { "quarantine list", "", 0, 0, WORDS("列出使程序出错而单独留存的报送", "list the statements that made the program fail"), OPTIONS(list_options), command_quarantine_list },
    { "quarantine release", "STATEMENT", 1, 1, WORDS("放行一份单独留存的报送", "let one of them go"), OPTIONS(yes_options), command_quarantine_release },
    { "indicators", "", 0, 0, WORDS("计算评价指标", "compute the indicators"), OPTIONS(indicator_options), command_indicators },
    { "requirements", "", 0, 0, WORDS("逐条对照政策要求", "judge the zones by the requirements, clause by clause"), OPTIONS(requirement_options), command_requirements },
    { "explain", "INDICATOR ZONE|GROUP PERIOD", 3, 3, WORDS("说明一个指标从何而来，直到报表中的单元格", "take an indicator apart, down to statement and cell"), NULL, 0, command_explain },
    { "journal list", "", 0, 0, WORDS("列出总账", "list the journal"), OPTIONS(list_options), command_journal_list },
    { "journal show", "POSITION", 1, 1, WORDS("显示总账的一条及其回执", "show an entry of the journal and its receipt"), NULL, 0, command_journal_show },
    { "journal verify", "", 0, 0, WORDS("由字节重新推出总账的一切并核对", "derive everything in the journal again from the bytes"), NULL, 0, command_journal_verify },
    { "receipt verify", "FILE", 1, 1, WORDS("核验一份回执，只需名片", "verify a receipt with nothing but the card"), OPTIONS(receipt_options), command_receipt_verify },
    { "backup create", "", 0, 0, WORDS("在带走的介质上备份，读回核验后写入总账", "back up to a medium that is carried away, and say so in the journal once it was verified"), OPTIONS(backup_options), command_backup_create },
    { "backup verify", "FOLDER", 1, 1, WORDS("核验一份备份", "verify a backup"), NULL, 0, command_backup_verify },
    { "restore", "", 0, 0, WORDS("核验备份并恢复成数据文件夹", "verify a backup and make a data folder of it"), OPTIONS(restore_options), command_restore },
    { "generation open", "", 0, 0, WORDS("数据丢失后开启总账新一代", "open a new generation of the log after a loss"), OPTIONS(generation_options), command_generation_open },
    { "generation report", "", 0, 0, WORDS("丢失的内容回来了多少", "what of the lost came back"), OPTIONS(list_options), command_generation_report },
    { "signer show", "", 0, 0, WORDS("显示签名状态，并与总账核对", "show what the signer signed last, and whether the journal continues it"), NULL, 0, command_signer_show },
    { "signer adopt", "", 0, 0, WORDS("为没有签名状态的数据文件夹新建一个", "give a signer's state to a data folder that has none"), OPTIONS(adopt_options), command_signer_adopt },
    { "doctor", "", 0, 0, WORDS("检查全部存储：校验和、衔接、签名、树根", "examine the whole store: checksums, chains, signatures, roots"), OPTIONS(doctor_options), command_doctor },
    { "catalogue check", "FILE|FOLDER", 1, 1, WORDS("检查统计制度文件：列出全部错误，运行其中的测试", "check a catalogue: all errors, embedded tests, a summary"),
      NULL, 0, command_catalogue_check },
    { "catalogue adopt", "FILE|FOLDER", 1, 1, WORDS("采用新版统计制度；旧版在停用之前仍可报送", "take a newer catalogue into force; earlier ones stay open"),
      OPTIONS(yes_options), command_catalogue_adopt },
    { "catalogue close", "DIGEST", 1, 1, WORDS("停用一个旧版统计制度", "close an older catalogue"), OPTIONS(yes_options), command_catalogue_close },
    { "catalogue list", "", 0, 0, WORDS("列出采用过的统计制度", "list the catalogues that were adopted"), OPTIONS(list_options), command_catalogue_list },
};
/* clang-format on */

const struct program aggregator_program = {
    .name = "zonetally-aggregator",
    .summary = WORDS("省级汇总端：接收各开发区报送，汇总指标，对照政策要求",
                     "the province's end: takes in the zones' returns, computes, judges"),
    .version = PROGRAM_VERSION,
    .commands = commands,
    .command_count = COUNT_OF(commands),
};
