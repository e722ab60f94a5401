# Two instances of one program, of which one has two threads; seen from the second thread of that.
break value_of
continue
backtrace
croft ps
croft threads
croft maps
croft maps 4
croft regions
croft slots
echo -- init\n
croft thread 1
backtrace
echo -- the other instance\n
croft thread 3
backtrace
echo -- back\n
croft kernel
backtrace 1
up
print total
delete
echo -- in a call\n
break proc_exit
continue
backtrace 2
croft threads
delete
break sys_waitpid
continue
python tid = int(gdb.parse_and_eval("current->tid"))
python gdb.execute("croft thread %d" % tid)
backtrace
stepi
echo -- the kernel goes on\n
backtrace 2
