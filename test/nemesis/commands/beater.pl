#!/usr/bin/perl
# The command under the nemesis: every process of its tree appends a line to one shared file every few milliseconds
# for as long as it lives. Perl, because perl-base is on every Debian, starts in 10 ms and is small.
#   beater.pl FILE SEED MANNER[,MANNER...]
#   beater.pl --as ROLE FILE CONTENDER RUN TRAITS      (a process that begins with an exec of its own)
# A line: microseconds of CLOCK_MONOTONIC, event, contender, id of the run, role, pid, and what more there is. Events:
#   start MANNER [TICK ATTEMPT]   the main process begins, of a scheduled job for that tick
#   saw RUN:PID                   it found a process of another run alive
#   beat                          a process is alive
#   end                           a process ends by itself
# A manner is one or more of these traits, joined by "+"; the seed and the run choose one of those named:
#   polite  ends on SIGTERM                        deaf     ignores SIGTERM, SIGINT, SIGHUP
#   slow    takes a tenth of a second to end       mortal   ends by itself after a while, whatever it leaves behind
#   brief   ends by itself within 0.3 s            long     ends by itself within 0.5 to 2.5 s
#   failing exits with 3 when it ends by itself    fork     has three children
#   daemon  has a daemon (setsid, forked twice)    clean    has a daemon with an empty environment
#   flood   has a child that floods stdout         timeout  has a child below `timeout 60`, in a group of its own
use strict;
use warnings;
use Config;
use Fcntl qw(O_WRONLY O_APPEND O_CREAT);

my $BEAT_S      = 0.002;
my $LONGEST_S   = 3600;
my $LOOK_EVERY  = 200;
my $FLOOD_BYTES = 8192;

my $clock_us = clock();
my ($role, $file, $id, $run, %trait);
my ($seed, $manners);
if (($ARGV[0] // '') eq '--as') {
    (undef, $role, $file, $id, $run) = @ARGV;
    %trait = map { $_ => 1 } split /\+/, $ARGV[5] // '';
} else {
    ($file, $seed, $manners) = @ARGV;
    ($role, $id, $run) = ('main', $ENV{ZK_LEADER_ID}, $ENV{ZK_LEADER_RUN_ID});
}
die "usage: beater.pl FILE SEED MANNER[,MANNER...]\n" unless defined $run && defined $id && defined $file;
sysopen(my $beats, $file, O_WRONLY | O_APPEND | O_CREAT) or die "$file: $!\n";

my $ending_at;
if ($role eq 'main') {
    my ($epoch, $number) = split /-/, $run;
    my @manners = split /,/, $manners;
    my $manner  = $manners[ ($seed % 9973 * 31 + $epoch % 9973 * 17 + ($number - 1) * 5) % @manners ];
    %trait = map { $_ => 1 } split /\+/, $manner;
    listen_to_signals();
    note('start', $manner, defined $ENV{ZK_LEADER_TICK} ? @ENV{qw(ZK_LEADER_TICK ZK_LEADER_ATTEMPT)} : ());
    look_around();
    bring_company();
    my ($least_us, $spread_us) = lifetime();
    $ending_at = $clock_us->() + $least_us + ($epoch + $number) * 7919 % $spread_us if defined $least_us;
} else {
    listen_to_signals();
}
beat_on();

sub beat_on {
    my $ends_at = $clock_us->() + $LONGEST_S * 1e6;
    my $flood   = $role eq 'flood' ? 'x' x ($FLOOD_BYTES - 1) . "\n" : undef;
    for (my $count = 1; ; $count++) {
        note('beat');
        my $now = $clock_us->();
        leave() if defined $ending_at && $now >= $ending_at;
        # Whoever was forgotten must not go on: the file goes with whoever ran the nemesis.
        exit 99 if $now >= $ends_at || ($count % $LOOK_EVERY == 0 && !-e $file);
        syswrite(STDOUT, $flood) if defined $flood;
        select(undef, undef, undef, $BEAT_S);
    }
}

sub note {
    my ($event, @more) = @_;
    syswrite($beats, join(' ', $clock_us->(), $event, $id, $run, $role, $$, @more) . "\n");
}

sub lifetime {
    return (1_000_000, 5_000_000) if $trait{mortal};
    return (500_000, 2_000_000) if $trait{long};
    return $trait{brief} ? (20_000, 280_000) : ();
}

sub leave {
    note('end');
    exit($trait{failing} ? 3 : 0);
}

sub listen_to_signals {
    if ($trait{deaf}) {
        $SIG{$_} = 'IGNORE' for qw(TERM INT HUP);
    } elsif ($trait{slow}) {
        $SIG{TERM} = sub { $ending_at //= $clock_us->() + 100_000 };
    } else {
        $SIG{TERM} = \&leave;
    }
}

# Nobody of an earlier run may be alive when this one begins, whether or not it beats.
sub look_around {
    my $election = $ENV{ZK_LEADER_ELECTION};
    return unless defined $election && opendir(my $proc, '/proc');
    for my $pid (grep { /^\d+$/ && $_ != $$ } readdir $proc) {
        open(my $environ, '<', "/proc/$pid/environ") or next;
        local $/;
        my $words = <$environ> // '';
        next unless $words =~ /(?:^|\0)ZK_LEADER_ELECTION=\Q$election\E(?:\0|$)/;
        my ($other) = $words =~ /(?:^|\0)ZK_LEADER_RUN_ID=(\d+-\d+)/;
        note('saw', "$other:$pid") if defined $other && $other ne $run;
    }
}

sub bring_company {
    my $traits = join '+', grep { /^(?:deaf|slow)$/ } keys %trait;
    my @same = ($file, $id, $run, $traits);
    if ($trait{fork}) {
        become("child$_") for 1 .. 3;
    }
    become('flood') if $trait{flood};
    if ($trait{timeout}) {
        run_in_child(sub { exec 'timeout', '60', $^X, $0, '--as', 'timed', @same });
    }
    if ($trait{daemon}) {
        run_in_child(sub { daemonise(); begin_as('daemon') });
    }
    if ($trait{clean}) {
        run_in_child(sub { daemonise(); %ENV = (); exec $^X, $0, '--as', 'clean', @same });
    }
}

sub become {
    my ($name) = @_;
    run_in_child(sub { begin_as($name) });
}

sub begin_as {
    ($role) = @_;
    undef $ending_at;
    beat_on();
}

sub run_in_child {
    my ($body) = @_;
    my $pid = fork;
    die "fork: $!\n" unless defined $pid;
    return if $pid;
    $body->();
    exit 98;
}

sub daemonise {
    require POSIX;
    POSIX::setsid();
    my $pid = fork;
    POSIX::_exit(0) if !defined $pid || $pid;
}

sub clock {
    if (eval { require Time::HiRes; 1 }) {
        my $monotonic = Time::HiRes::CLOCK_MONOTONIC();
        return sub { int(1e6 * Time::HiRes::clock_gettime($monotonic)) };
    }
    # Not in perl-base, whose syscall() will do.
    my ($machine) = $Config{archname} =~ /^(x86_64|aarch64)/ or die "no monotonic clock without Time::HiRes\n";
    my $number = { x86_64 => 228, aarch64 => 113 }->{$machine};
    return sub {
        my $answer = "\0" x 16;
        syscall($number, 1, $answer) == 0 or die "clock_gettime: $!\n";
        my ($s, $ns) = unpack 'q2', $answer;
        return $s * 1_000_000 + int($ns / 1000);
    };
}
