/* SPDX-License-Identifier: MIT */
/* What regcomp() asks of a locale: none has an order of its own, so a range is by the characters' codes. */
const int __collate_load_error = 1;
