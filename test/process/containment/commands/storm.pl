# storm.pl WORD KIND NUMBER [clean]: forks as fast as it can, for 20 seconds at most.
#   chain:    so many chains, in which each process forks the next one and exits
#   chainsid: the same, each process in a session of its own
#   bomb:     so many processes, each in a session of its own, with a child that ends and is made anew
# With `clean` in an empty environment. The first process stays, calls itself "storming", and waits.
use strict;
use POSIX qw(setsid WNOHANG);
my ($word, $kind, $number, $clean) = @ARGV;
if ($clean) {
    exec '/usr/bin/env', '-i', $^X, $0, $word, $kind, $number or exit 1;
}
my $until = time + 20;
for (1 .. $number) {
    next if fork;
    $kind eq 'bomb' ? bomb() : chain();
}
open my $name, '>', "/proc/$$/comm" or exit 1;
print $name 'storming';
close $name;
sleep 1 while time < $until;

sub chain {
    while (time < $until) {
        setsid() if $kind eq 'chainsid';
        my $pid = fork;
        exit if $pid;
        select undef, undef, undef, 0.001 unless defined $pid;
    }
    exit;
}

sub bomb {
    setsid();
    while (time < $until) {
        my $pid = fork;
        exit if defined $pid && $pid == 0;
        waitpid $pid, 0 if $pid;
    }
    exit;
}
