/*
 * Names that mean another host in each network, so that nobody can prove to a public authority that one is his.
 */

/**
 * What such a host name ends with, empty for one without a dot; undefined: it may belong to somebody. Names below `.example` never do,
 * and stand for those of the reader wherever something is documented.
 *
 * @internal
 */
export const privateEnd = (host: string): string | undefined => host.includes('.') ? PRIVATE.find((end) => host.endsWith(end)) : '';

/**
 * RFC 6761, section 6; RFC 6762, section 3, and its appendix G, of which the root of the DNS has none; RFC 8375; for `.internal` also
 * https://www.icann.org/en/public-comment/proceeding/proposed-top-level-domain-string-for-private-use-24-01-2024
 */
const PRIVATE = ['.localhost', '.test', '.invalid', '.local', '.intranet', '.internal', '.private', '.corp', '.home', '.lan', '.home.arpa'];
