# count-signals.pl WORD: writes into its own name how often it got SIGHUP. Ends after 45 seconds at the latest.
use strict;
my $count = 0;
sub tell_it {
    open my $name, '>', "/proc/$$/comm" or exit 1;
    print $name $count;
    close $name;
}
$SIG{HUP} = sub { $count += 1; tell_it() };
tell_it();
my $until = time + 45;
select undef, undef, undef, 1 while time < $until;
