import { isIPv4, isIPv6 } from 'node:net';

/*
 * What a text must look like. Pure predicates; the messages stand beside them in messages.ts.
 */

/** @internal RFC 1035 label: what Kubernetes asks of a Service. */
export const isDnsLabel = (value: unknown, most = 63): value is string =>
  typeof value === 'string' && value.length <= most && /^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(value);

/** @internal RFC 1123 label: what Kubernetes asks of a namespace, which may begin with a digit. */
export const isNamespaceName = (value: unknown): value is string => typeof value === 'string' && isDnsLabel(value.replace(/^\d/, 'a'));

/** @internal RFC 1123 subdomain: what Kubernetes asks of the name of most objects. */
export const isObjectName = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= 253 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(value);

/** @internal Key of a label or an annotation, with a domain before it or without. */
export const isLabelKey = (value: string): boolean => {
  const [name, domain, ...rest] = value.split('/').reverse();
  return rest.length === 0 && name.length <= 63 && /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/.test(name) && (domain === undefined || isObjectName(domain));
};

/** @internal Kubernetes compares keys of annotations in lower case. */
export const isAnnotationKey = (value: string): boolean => isLabelKey(value.toLowerCase());

/** @internal */
export const isLabelValue = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= 63 && /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/.test(value);

/** @internal Key of a ConfigMap or a Secret. */
export const isDataKey = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= 253 && /^[-._a-zA-Z0-9]+$/.test(value) && value !== '.' && value !== '..';

/** @internal */
export const isPort = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65535;

/** @internal IANA service name: what Kubernetes asks of a port's name. */
export const isPortName = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= 15 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(value)
  && /[a-z]/.test(value) && !value.includes('--');

/** @internal */
export const isWholeNumber = (value: unknown, least: number): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= least;

/** @internal Reference grammar: https://github.com/distribution/reference/blob/main/reference.go */
export const isImage = (value: unknown): boolean => typeof value === 'string' && IMAGE.test(value);

const IMAGE = new RegExp('^'
  + '(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?(?::[0-9]+)?/)?' // registry
  + '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*' // repository
  + '(?::[\\w][\\w.-]{0,127})?' // tag
  + '(?:@[a-z0-9]+:[0-9a-f]{32,})?$'); // digest

/** @internal Whether the digest of an image, where it has one, can be one: each algorithm has its length. */
export const isDigest = (image: string): boolean => {
  const [, algorithm, hex = ''] = /@([^:]*):?(.*)$/.exec(image) ?? [];
  if (algorithm === undefined) return true;
  return /^[0-9a-f]+$/.test(hex) && hex.length === ({ sha256: 64, sha384: 96, sha512: 128 }[algorithm] ?? hex.length);
};

/** @internal What a template makes of a variable that is not set, where an image has it for a part of its name or a word of its tag. */
export const unsetIn = (image: string): string | undefined => {
  const [, tag = ''] = /:([^/:@]*)(?:@|$)/.exec(image) ?? [];
  return [...image.split(/[/:@]/), ...tag.split(/[-._]/)].find((part) => part === 'undefined' || part === 'null');
};

/** @internal Whether an image is pinned to a version. */
export const isPinned = (image: string): boolean =>
  image.includes('@') || (/:[^/]+$/.test(image) && !image.endsWith(':latest'));

/** @internal Name of a metric, which is a part of a path where Kubernetes asks for it. */
export const isMetricName = (value: unknown): value is string => typeof value === 'string' && /^[^/%\s]+$/.test(value) && value !== '.' && value !== '..';

/** @internal */
export const isVariableName = (value: string): boolean => /^[A-Za-z_][A-Za-z0-9_]*$/.test(value);

/** @internal Whether a variable is called like one that holds a secret: `…_FILE` and `…_PATH` hold a place, and `PWD` the working directory. */
export const looksSecret = (variable: string): boolean =>
  /((^|_)(PG)?PASSWORD|(^|_)(PASSWD|PASS|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|CREDENTIALS)|_PWD)$/i.test(variable);

/** @internal */
export const isAbsolutePath = (value: unknown): value is string =>
  typeof value === 'string' && value.startsWith('/') && !/\p{Cc}/u.test(value) && !value.split('/').includes('..');

/** @internal A path that means the same on every target: what stands for options, or for another path, does not. */
export const isMountPath = (value: string): boolean => value === '/'
  || (isAbsolutePath(value) && !/[:,\s]/.test(value) && !value.replace(/\/$/, '').slice(1).split('/').some((part) => part === '' || part === '.'));

/** @internal The socket by which containers of the host are controlled that a path of the host is, or has in it. */
export const controlSocketIn = (hostPath: string): string | undefined => {
  const folder = `${hostPath.replace(/\/+/g, '/').replace(/^\/var\/run(?=\/|$)/, '/run').replace(/\/$/, '')}/`;
  // `/` and `/var` hold all that is below them, the one by its name and the other by its link.
  return CONTROL_SOCKETS.find((socket) => folder === '/var/' || `${socket}/`.startsWith(folder));
};

const CONTROL_SOCKETS = [
  '/run/docker.sock', '/run/containerd/containerd.sock', '/run/crio/crio.sock', '/run/podman/podman.sock', '/run/cri-dockerd.sock',
  '/run/k3s/containerd/containerd.sock',
];

/** @internal Names that are made of paths may be longer than those of objects, and are cut then. */
export const isVolumeName = (value: unknown): value is string => typeof value === 'string' && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(value);

/** @internal Signals that a program can wait for, by their names on Linux. */
export const isStopSignal = (value: unknown): value is string => typeof value === 'string' && SIGNALS.includes(value);

const SIGNALS = [
  'SIGABRT', 'SIGALRM', 'SIGCONT', 'SIGHUP', 'SIGINT', 'SIGIO', 'SIGPIPE', 'SIGPROF', 'SIGPWR', 'SIGQUIT', 'SIGTERM', 'SIGTRAP', 'SIGTSTP',
  'SIGTTIN', 'SIGTTOU', 'SIGURG', 'SIGUSR1', 'SIGUSR2', 'SIGVTALRM', 'SIGWINCH', 'SIGXCPU', 'SIGXFSZ',
];

/** @internal Host name by RFC 1123, or a wildcard for the names below one. */
export const isHost = (value: unknown): value is string => {
  if (typeof value !== 'string' || value.length > 253) return false;
  const labels = (value.startsWith('*.') ? value.slice(2) : value).split('.');
  return labels.every((label) => /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(label))
    && !/^\d+$/.test(labels[labels.length - 1]) && (labels.length > 1 || !value.startsWith('*.'));
};

/** @internal Further name of a container, which nobody but an engine's name server sees: parts of it may have '_'. */
export const isAlias = (value: unknown): value is string => typeof value === 'string' && value.length <= 253 && /^[a-z0-9]([\w.-]*[a-z0-9])?$/i.test(value);

/** @internal Prefix of a request's path. */
export const isRoutePath = (value: unknown): value is string =>
  typeof value === 'string' && value.startsWith('/') && !/[?#* \p{Cc}]/u.test(value);

/** @internal Path that a workload is asked with; a query may follow. */
export const isAskedPath = (value: unknown): value is string =>
  typeof value === 'string' && value.startsWith('/') && !/[# \p{Cc}]/u.test(value);

/** @internal What HTTP takes for a name: RFC 9110, section 5.6.2. */
export const isToken = (value: unknown): value is string => typeof value === 'string' && /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(value);

/** @internal Name of a header that concerns the request itself, not its connection: RFC 9110, sections 5.1 and 7.6.1. */
export const isHeaderName = (value: unknown): value is string =>
  isToken(value) && !OF_CONNECTION.includes(value.toLowerCase());

const OF_CONNECTION = ['connection', 'content-length', 'host', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade'];

/** @internal Methods are told apart by case, and all that are in use are in capitals. */
export const isMethod = (value: unknown): value is string => typeof value === 'string' && /^[A-Z][A-Z-]*$/.test(value);

/** @internal Good enough to catch a slip, as no grammar tells whether an address exists. */
export const isEmail = (value: unknown): value is string =>
  typeof value === 'string' && /^[^\s@<>"',;:\\()[\]]+@[^\s@]+$/.test(value) && isHost(value.slice(value.indexOf('@') + 1).toLowerCase())
  && value.slice(value.indexOf('@')).includes('.');

/** @internal */
export const isHttpsUrl = (value: unknown): value is string => {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  return new URL(value).protocol === 'https:';
};

/**
 * @internal The name by which hosts know an IANA time zone; undefined: there is none. Node.js takes any capitals, and its own short
 * names; a host has a file for each zone, under its name.
 */
export const timeZoneName = (value: unknown): string | undefined => {
  if (typeof value !== 'string' || !/^[A-Za-z][A-Za-z0-9_+/-]*$/.test(value)) return undefined;
  const known = timeZoneOfNode(value);
  if (known === undefined || known === value) return isNameOfHosts(value) ? known : undefined;
  // Another name of the zone, such as Asia/Kolkata, may be as good; one with other capitals is not.
  return known.toLowerCase() !== value.toLowerCase() && isNameOfHosts(value) ? value : known;
};

function timeZoneOfNode(name: string): string | undefined {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

/** Whether the capitals are as in IANA's names, as far as that shows without a list of them all, and it is no short name of Node.js. */
const isNameOfHosts = (name: string): boolean =>
  !/(^|\/)([a-z]|[A-Z]{4})|^[A-Z]{3}\//.test(name) && (!/^[A-Z]{3}$/.test(name) || IANA_OF_3_LETTERS.includes(name));

/** Of the tz database's `backward` and `etcetera` files. */
const IANA_OF_3_LETTERS = ['CET', 'EET', 'EST', 'GMT', 'HST', 'MET', 'MST', 'PRC', 'ROC', 'ROK', 'UCT', 'UTC', 'WET'];

/** @internal IPv4 or IPv6 range in CIDR notation. */
export const isRange = (value: unknown): value is string => {
  if (typeof value !== 'string') return false;
  const [address, bits, ...rest] = value.split('/');
  if (rest.length > 0 || !/^\d{1,3}$/.test(bits ?? '')) return false;
  return (isIPv4(address) && Number(bits) <= 32) || (isIPv6(address) && Number(bits) <= 128);
};

/** @internal */
export const isIpv6Range = (value: unknown): value is string => isRange(value) && isIPv6(value.split('/')[0]);

/** @internal A Linux network interface, `eth0.20`: at most 15 characters. */
export const isInterface = (value: unknown): value is string =>
  typeof value === 'string' && /^[^\s/:]{1,15}$/.test(value) && value !== '.' && value !== '..';

/** @internal An IPv4 range, as numbers. */
export interface Ipv4Range {
  readonly first: number;
  readonly last: number;
}

/** @internal The range of an IPv4 CIDR; undefined where it is none. */
export const ipv4Range = (value: unknown): Ipv4Range | undefined => {
  if (!isRange(value) || !isIPv4(value.split('/')[0])) return undefined;
  const [address, bits] = value.split('/');
  const size = 2 ** (32 - Number(bits));
  const first = Math.floor(ipv4Number(address) / size) * size;
  return { first, last: first + size - 1 };
};

/** @internal */
export const ipv4Number = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
