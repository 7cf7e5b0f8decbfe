import { RUN } from './places';

/**
 * Tells HAProxy by its socket which copies get no more requests, by their addresses: what they work on is finished, and
 * their checks go on. All others get requests again, since a place among the copies keeps its state when another copy
 * takes it. The published image has no client for sockets but Perl.
 *
 * @see https://docs.haproxy.org/3.2/management.html#9.3-set%20server
 */
const PROGRAM = [
  'use IO::Socket::UNIX;',
  `sub ask { my $haproxy = IO::Socket::UNIX->new("${RUN}/admin.sock") or die "HAProxy does not answer: $!"; print $haproxy "@_\\n"; my @said = <$haproxy>; @said }`,
  'my %going = map { $_ => 1 } @ARGV;',
  'for (ask("show servers state")) {',
  'my (undef, $backend, undef, $copy, $address) = split or next;',
  'next if not /^\\d+ /;',
  'push @changes, "set server $backend/$copy state " . ($going{$address} ? "drain" : "ready")',
  '}',
  'ask(join "; ", @changes) if @changes',
].join(' ');

/**
 * The command that has HAProxy send no more requests to copies whose addresses follow.
 *
 * @internal
 */
export const DRAIN_COMMAND = ['perl', '-e', PROGRAM];
