# SPDX-License-Identifier: GPL-2.0-or-later
# cmake -DFROM=file -DNAME=name -DTO=name.h -P embed.cmake: the file's bytes as a C array `name` and `name_len`.
file(READ ${FROM} bytes HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
string(REGEX REPLACE "((0x..,){16})" "\\1\n" bytes "${bytes}")
file(WRITE ${TO} "static const unsigned char ${NAME}[] = {\n${bytes}};\nstatic const size_t ${NAME}_len = sizeof ${NAME};\n")
