# What a dump tells of the signal; see tests/cores.py.
printf "signal %d, code %d\n", $_siginfo.si_signo, $_siginfo.si_code
printf "at %p\n", $_siginfo._sifields._sigfault.si_addr
printf "by %d, user %d\n", $_siginfo._sifields._kill.si_pid, $_siginfo._sifields._kill.si_uid
