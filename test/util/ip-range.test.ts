import { commonRanges, overlap } from '../../src/util/ip-range';

test.each([
  [['10.0.0.0/8'], ['10.1.0.0/16', '192.0.2.0/24'], ['10.1.0.0/16']],
  [['10.1.2.3/32', '2001:db8::/32'], ['0.0.0.0/0', '2001:db8:1::/48'], ['10.1.2.3/32', '2001:db8:1::/48']],
  [['10.0.0.0/8', '10.1.0.0/16'], ['10.1.1.0/24'], ['10.1.1.0/24']],
  [['10.0.0.0/8'], ['192.168.0.0/16', '::/0'], []],
])('%p and %p have %p in common', (some, others, common) => {
  expect(commonRanges(some, others)).toEqual(common);
});

test('ranges overlap where one lies in the other', () => {
  expect([['172.20.0.0/16', '172.16.0.0/12'], ['0.0.0.0/0', '172.16.0.0/12'], ['172.32.0.0/16', '172.16.0.0/12'], ['::/0', '172.16.0.0/12']]
    .map(([one, other]) => overlap(one, other))).toEqual([true, true, false, false]);
});
