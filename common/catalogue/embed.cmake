# Writes the files of FILES (separated by |) as the C array behind sources_shipped() to OUT.
string(REPLACE "|" ";" files "${FILES}")
set(arrays "")
set(rows "")
set(number 0)
foreach(file IN LISTS files)
    get_filename_component(name ${file} NAME)
    file(READ ${file} hexadecimal HEX)
    string(REGEX REPLACE "(..)" "0x\\1," numbers "${hexadecimal}")
    string(REGEX REPLACE "(................................................................................)"
           "\\1\n    " numbers "${numbers}")
    string(APPEND arrays "static const unsigned char text_${number}[] = {\n    ${numbers} 0x00 };\n")
    string(APPEND rows "    { \"${name}\", { text_${number}, sizeof(text_${number}) - 1 } },\n")
    math(EXPR number "${number} + 1")
endforeach()
file(WRITE ${OUT} "#include \"common/catalogue/source.h\"\n\n${arrays}
static const struct source files[] = {\n${rows}    { NULL, { NULL, 0 } }, /* never counted */\n};

struct sources sources_shipped(void)
{
    return (struct sources){ files, ${number} };
}\n")
