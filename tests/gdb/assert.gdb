# A count is spoilt, which ends in a check of a kernel that has no texts of its checks.
break file_put
continue
set var file->refs = 0
delete
break arch_poweroff
continue
