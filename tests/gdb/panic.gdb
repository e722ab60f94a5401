# A word of the kernel is spoilt, which its own checks find; after a reset the epitaph is there.
break sys_mmap
continue
set var ((struct vma *)spaces.lh_first->vmas.root)->region->usage = 77
delete
break arch_poweroff
continue
backtrace 3
monitor system_reset
delete
maintenance flush register-cache
# QEMU ends, sometimes before gdb has said all that it wants.
python
try:
    gdb.execute("continue")
except gdb.error:
    pass
end
