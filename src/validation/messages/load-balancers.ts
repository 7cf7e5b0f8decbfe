import { show, told } from './words';

/*
 * Messages: load balancers and certificates.
 */

/** @internal */
export const badHost = (path: string, name: string, value: unknown) =>
  `${name} cannot serve the host ${show(value)}: give a host name such as 'shop.example.org', without scheme, port or path [${path}]`;

/** @internal */
export const badRoutePath = (path: string, name: string, value: unknown) =>
  `${name} cannot route the path ${show(value)}: give a prefix that starts with '/', without '?', '#' or '*' [${path}]`;

/** @internal */
export const routeTaken = (path: string, name: string, route: string, workload: string, other: string) =>
  `${name} cannot send ${route} to both ${other} and ${workload}: give each a path, a match or a weight of its own [${path}]`;

/** @internal */
export const routeOfRedirected = (path: string, name: string, host: string, to: string) =>
  `${name} cannot serve '${host}' and send its visitors to '${to}': leave out addRoute or addRedirect for it [${path}]`;

/** @internal */
export const redirectTwice = (path: string, name: string, from: string, to: string, other: string) =>
  `${name} cannot send visitors of '${from}' to both '${other}' and '${to}': choose one [${path}]`;

/** @internal */
export const redirectRound = (path: string, name: string, [from, ...hosts]: string[]) =>
  `${name} cannot send visitors of '${from}' to ${hosts.length === 0 ? `'${from}' itself` : `${hosts.map((host) => `'${host}'`).join(', ')} and back to '${from}'`}:`
  + ` they would never arrive; give a host that has a route [${path}]`;

/** @internal */
export const hostsMeet = (path: string, name: string, host: string, other: string) =>
  `${name} cannot serve '${host}' beside ${other}: their objects would have one name, since only letters and digits of it count; change one, or serve it from another chart [${path}]`;

/** @internal */
export const hostOfAnother = (path: string, name: string, host: string, other: string) =>
  `${name} cannot serve '${host}': load balancer '${other}' of this chart does already, and the name leads visitors to one of them; route it from one, or give each a name of its own [${path}]`;

/** @internal */
export const hostInOtherChart = (name: string, host: string, other: string) =>
  `${name} serves '${host}' and so does ${other}: the name leads visitors, and whoever issues certificates, to one of them; route it from one to the workloads of both charts, unless the name means`
  + ' another address inside than outside';

/** @internal */
export const requestOutlivesCopy = (name: string, where: string, seconds: number, workload: string, drain: number) =>
  `${name} gives requests for '${where}' ${seconds} s, and a copy of ${workload} that is replaced gives them ${drain} s to end: longer ones are cut off at each update; raise drainTimeout of ${workload} to`
  + ` ${seconds} s, or lower requestTimeout`;

/** @internal */
export const routeWithoutPort = (path: string, name: string, workload: string) =>
  `${name} cannot route to ${workload}: it has no port that speaks HTTP, HTTPS or gRPC, give it one or name it with 'port' [${path}]`;

/** @internal */
export const routeToUndeclaredPort = (path: string, name: string, workload: string, port: unknown, declared: string) =>
  `${name} cannot route to port ${show(port)} of ${workload}: its ports are ${declared} [${path}]`;

/** @internal */
export const notARouteDestination = (path: string, name: string, value: unknown) =>
  `${name} cannot route to ${told(value)}: give a workload of this App, or a Service of cdk8s-plus (deployment.exposeViaService()) [${path}]`;

/** @internal */
export const notAWorkload = (path: string, name: string, what: string, value: unknown) =>
  `${name} cannot pass ${what} on to ${told(value)}: give a workload of this App [${path}]`;

/** @internal */
export const streamToUndeclaredPort = (path: string, name: string, what: string, workload: string, port: unknown, declared: string) =>
  `${name} cannot pass ${what} on to port ${show(port)} of ${workload}: its ports are ${declared} [${path}]`;

/** @internal */
export const streamWithoutPort = (path: string, name: string, what: string, workload: string, protocols: string[]) =>
  `${name} cannot pass ${what} on to ${workload}: it has no port of ${protocols.join(' or ')} there, give it one or name another with 'port' [${path}]`;

/** @internal */
export const streamTaken = (path: string, name: string, what: string, workload: unknown, other: string) =>
  `${name} cannot pass ${what} on to both ${other} and ${String(workload)}: a connection goes to one workload, give one of them another port or host [${path}]`;

/** @internal */
export const tlsEndedAlready = (path: string, name: string, host: string) =>
  `${name} cannot pass TLS for '${host}' on: it ends it for a route or redirect with certificates; leave out one of the two, or give one another host [${path}]`;

/** @internal */
export const tlsPassedAlready = (path: string, name: string, host: string) =>
  `${name} cannot end TLS for '${host}': addTlsRoute passes it on; leave out one of the two, or give one another host [${path}]`;

/** @internal */
export const noHttpsPort = (path: string, name: string, host: string, port: number) =>
  `${name} cannot pass TLS for '${host}' on: its port for HTTPS, ${port}, is its port for plain HTTP, give httpsPort another [${path}]`;

/** @internal */
export const portOfHttp = (path: string, name: string, port: number, protocol: string) =>
  `${name} cannot pass connections to port ${port} on: that is its port for ${protocol}, take another one, or give ${protocol === 'HTTP' ? 'httpPort' : 'httpsPort'} another [${path}]`;

/** @internal */
export const streamNotPassed = (path: string, name: string, what: string, workload: string, backend: string) =>
  `${name} cannot pass ${what} on to ${workload} with the back end '${backend}', which does not know it: take LoadBalancerBackend.haproxy(), nginx() or traefik(), which do [${path}]`;

/** @internal */
export const emptyAllOf = (path: string, name: string, where: string) =>
  `${name} cannot tell who may use '${where}': RouteAccess.allOf([]) has no rule, give it one or leave 'access' out [${path}]`;

/** @internal */
export const noSourceRanges = (path: string, name: string, where: string) =>
  `${name} cannot let anybody use '${where}': RouteAccess.sourceRanges([]) has no range, give one such as '10.0.0.0/8' or leave 'access' out [${path}]`;

/** @internal */
export const badSourceRange = (path: string, name: string, where: string, value: unknown) =>
  `${name} cannot keep '${where}' to the range ${show(value)}: give an IPv4 or IPv6 range such as '203.0.113.0/24' [${path}]`;

/** @internal */
export const rangesApart = (path: string, name: string, where: string, one: string[], other: string[]) =>
  `${name} cannot let anybody use '${where}': no address is both in ${one.join(', ')} and in ${other.join(', ')}, and rules of allOf must all hold;`
  + ` give ranges that overlap, or all of them in one sourceRanges [${path}]`;

/** @internal */
export const twoPasswords = (path: string, name: string, where: string) =>
  `${name} cannot ask visitors of '${where}' for two passwords: a request carries one, put all users into one secret [${path}]`;

/** @internal */
export const twoAuthorities = (path: string, name: string, where: string) =>
  `${name} cannot ask visitors of '${where}' for two certificates: a visitor shows one, put the authorities of all into one file [${path}]`;

/** @internal */
export const notAnAuthority = (path: string, name: string, file: unknown, why: string) =>
  `${name} cannot take ${show(file)} for the file of an authority: ${why}; give a PEM file with the authority's own certificate, up to its root [${path}]`;

/** @internal */
export const clientCertificatesWithoutTls = (path: string, name: string, where: string) =>
  `${name} cannot ask visitors of '${where}' for certificates: it has none itself, and they are shown over TLS only, give 'certificates' [${path}]`;

/** @internal */
export const clientCertificatesOverHttp = (path: string, name: string, where: string) =>
  `${name} cannot let visitors of '${where}' in over plain HTTP, where they show no certificate: leave redirectHttp on [${path}]`;

/** @internal */
export const clientCertificatesOfSome = (path: string, name: string, where: string, host: string) =>
  `${name} cannot ask for other certificates on '${where}' than on the rest of '${host}': they are shown when a visitor connects, before a path is known;`
  + ` give all routes of the host the same RouteAccess.clientCertificates, or this one a host of its own [${path}]`;

/** @internal */
export const copiesNotVerified = (path: string, name: string, where: string, workload: string, port: number) =>
  `${name} cannot send '${where}' to ${workload} over TLS on port ${port} without knowing whom to trust: give copyTls: { authorityFile: 'ca.pem' } [${path}]`;

/** @internal */
export const copiesWithoutTls = (path: string, name: string, where: string, workload: string, port: number) =>
  `${name} cannot verify the copies of ${workload} for '${where}': port ${port} is not declared to speak TLS, declare it with Port.https or Port.grpcs, or leave copyTls out [${path}]`;

/** @internal */
export const copiesNotMet = (path: string, name: string, where: string, workload: string, backend: string) =>
  `${name} cannot send '${where}' to ${workload} over TLS with the back end '${backend}', which does not know it: take LoadBalancerBackend.caddy(), which does [${path}]`;

/** @internal */
export const badServerName = (path: string, name: string, value: unknown) =>
  `${name} cannot take ${show(value)} for serverName: give the host name that the copies' certificates have, in lower case [${path}]`;

/** @internal */
export const copyTlsTwice = (path: string, name: string, where: string, workload: string, port: number) =>
  `${name} cannot verify the copies of ${workload} on port ${port} for '${where}' in another way than for other routes: give all of them the same copyTls [${path}]`;

/** @internal */
export const twoAsked = (path: string, name: string, where: string) =>
  `${name} cannot ask two workloads about '${where}': a request is asked about once, let one of them decide [${path}]`;

/** @internal */
export const accessOfAShare = (path: string, name: string, where: string, workload: string) =>
  `${name} cannot keep the share of ${workload} in '${where}' by itself: who may use a route is the same for all its shares, give 'access' with the first [${path}]`;

/** @internal */
export const mirrorInOtherApp = (path: string, name: string, where: string, workload: string) =>
  `${name} cannot copy requests for '${where}' to ${workload}: it belongs to another App, declare it in this one [${path}]`;

/** @internal */
export const mirrorToItself = (path: string, name: string, where: string, workload: string) =>
  `${name} cannot copy requests for '${where}' to ${workload}, which gets them already: give another workload, or leave 'mirror' out [${path}]`;

/** @internal */
export const mirrorOfStreams = (path: string, name: string, where: string, workload: string, destination: string) =>
  `${name} cannot copy requests for '${where}' to ${workload}: ${destination} speaks gRPC there, whose streams cannot be kept for a copy, leave 'mirror' out [${path}]`;

/** @internal */
export const badMirrorPercent = (path: string, name: string, where: string, percent: unknown) =>
  `${name} cannot copy ${show(percent)} of a hundred requests for '${where}': give a whole number from 1 to 100 [${path}]`;

/** @internal */
export const mirrorToUndeclaredPort = (path: string, name: string, where: string, workload: string, port: unknown, declared: string) =>
  `${name} cannot copy requests for '${where}' to port ${show(port)} of ${workload}: its ports are ${declared} [${path}]`;

/** @internal */
export const mirrorWithoutPort = (path: string, name: string, where: string, workload: string) =>
  `${name} cannot copy requests for '${where}' to ${workload}: it has no port that speaks HTTP, give it one or name it with 'port' [${path}]`;

/** @internal */
export const mirrorOfAShare = (path: string, name: string, where: string, workload: string) =>
  `${name} cannot copy the share of ${workload} in '${where}' by itself: requests of a route are copied whoever answers, give 'mirror' with the first [${path}]`;

/** @internal */
export const requestsNotMirrored = (name: string, where: string, workload: string, backend: string) =>
  `${name} does not copy requests for '${where}' to ${workload} with the back end '${backend}', which does not know it: take LoadBalancerBackend.nginx() or`
  + ' LoadBalancerBackend.traefik(), which do';

/** @internal */
export const secretInOtherChart = (path: string, name: string, secret: string, chart: string) =>
  `${name} cannot read the secret '${secret}' of chart '${chart}': declare a Secret in its own chart [${path}]`;

/** @internal */
export const askInOtherApp = (path: string, name: string, where: string, workload: string) =>
  `${name} cannot ask ${workload} about '${where}': it belongs to another App, declare it in this one [${path}]`;

/** @internal */
export const askItself = (path: string, name: string, where: string, workload: string) =>
  `${name} cannot ask ${workload} about '${where}', which leads to ${workload} itself: nobody could ever log in there, give this route other access [${path}]`;

/** @internal */
export const askElsewhere = (path: string, name: string, where: string, workload: string, target: string) =>
  `${name} cannot ask ${workload} about '${where}' on ${target}: its onlyOn leaves that target out, add '${target}' to it or leave the target out [${path}]`;

/** @internal */
export const askWithoutPort = (path: string, name: string, where: string, workload: string) =>
  `${name} cannot ask ${workload} about '${where}': it has no port that speaks HTTP, give it one or name it with 'port' [${path}]`;

/** @internal */
export const askOnUndeclaredPort = (path: string, name: string, where: string, workload: string, port: unknown, declared: string) =>
  `${name} cannot ask ${workload} about '${where}' on port ${show(port)}: its ports are ${declared} [${path}]`;

/** @internal */
export const badAskedPath = (path: string, name: string, workload: string, value: unknown) =>
  `${name} cannot ask ${workload} with the path ${show(value)}: give one that starts with '/', without '#' and blanks [${path}]`;

/** @internal */
export const badCopiedHeader = (path: string, name: string, workload: string, value: unknown) =>
  `${name} cannot copy the header ${show(value)} from the answers of ${workload}: give a name such as 'Remote-User', and none that belongs to the connection [${path}]`;

/** @internal */
export const hostsNotServed = (path: string, name: string, hosts: string[], backend: string) =>
  `${name} cannot serve ${hosts.map((host) => `'${host}'`).join(', ')} over TLS with the back end '${backend}', which has no port for HTTPS:`
  + ` take LoadBalancerBackend.caddy(), which has, or leave 'certificates' out [${path}]`;

/** @internal */
export const accessUnknown = (path: string, name: string, where: string, kind: string, backend: string) =>
  `${name} cannot keep '${where}' to visitors by RouteAccess.${kind} with the back end '${backend}', which does not know it: take LoadBalancerBackend.caddy(), which does,`
  + ` or leave 'access' out [${path}]`;

/** @internal */
export const passwordInTheClear = (name: string, where: string) =>
  `${name} takes passwords for '${where}' over plain HTTP, where anybody on the way can read them: give it certificates, and leave redirectHttp on`;

/** @internal */
export const severalLoadBalancers = (path: string, name: string, domain: string, names: string[]) =>
  `${name} cannot choose a load balancer for '${domain}': the chart has ${names.join(' and ')}, call addRoute('${domain}', …) on one of them [${path}]`;

/** @internal */
export const impliedNameTaken = (path: string, name: string, domain: string, implied: string, other: string) =>
  `${name} cannot take domainName '${domain}': the chart declares no load balancer, the one that is made for it is called '${implied}', and ${other} has that name;`
  + ` choose another id for that, or declare new LoadBalancer(chart, 'balancer') before ${name} [${path}]`;

/** @internal */
export const noneToBeMade = (path: string, implied: string, other: string) =>
  `LoadBalancer.of cannot make a load balancer: the one that is made where the chart declares none is called '${implied}', and ${other} has that name;`
  + ` choose another id for that, or declare new LoadBalancer(chart, 'balancer') before [${path}]`;

/** @internal */
export const loadBalancerTooLate = (path: string, name: string, user: string) =>
  `load balancer '${name}' cannot be declared now: ${user} uses domainName and already made 'edge', declare the load balancer before it [${path}]`;

/** @internal */
export const severalIssuers = (path: string, host: string, issuers: string[]) =>
  `host '${host}' cannot have certificates from both ${issuers.join(' and ')}: give all its routes the same issuer [${path}]`;

/** @internal */
export const wildcardWithoutDns01 = (path: string, host: string, issuer: string) =>
  `'${issuer}' cannot issue a certificate for '${host}': a wildcard is proven by a DNS record only, give the issuer dns01 [${path}]`;

/** @internal */
export const oneSecretForBoth = (path: string, name: string, secret: string) =>
  `${name} cannot take the secret '${secret}' for both certificate and privateKey: declare one for each [${path}]`;

/** @internal */
export const dns01Without = (name: string, field: string, value: unknown, example: string) =>
  `${name} cannot take ${show(value)} for ${field}: give ${example}`;

/** @internal */
export const badEmail = (path: string, name: string, value: unknown) =>
  `'${name}' cannot register with the e-mail ${show(value)}: give an address such as 'ops@example.org' [${path}]`;

/** @internal */
export const badDirectory = (path: string, name: string, value: unknown) =>
  `'${name}' cannot use the ACME directory ${show(value)}: give an https URL [${path}]`;

/** @internal */
export const issuerInOtherChart = (path: string, name: string, issuer: string, chart: string) =>
  `${name} cannot take certificates from '${issuer}' of chart '${chart}': declare an issuer in its own chart [${path}]`;

/** @internal */
export const certificatesWithoutDomain = (path: string, name: string) =>
  `${name} cannot have certificates without domainName: give the domain, or call addRoute on a load balancer [${path}]`;

/** @internal */
export const badWeight = (path: string, name: string, value: unknown, most: number) =>
  `${name} cannot give a route the weight ${show(value)}: give a whole number from 1 to ${most} [${path}]`;

/** @internal */
export const noRequestBody = (path: string, name: string) =>
  `${name} cannot take 0 for maxRequestBody: give a Size of 1 KiB or more, or keep requests with a body away by match: { methods: ['GET', 'HEAD'] } [${path}]`;

/** @internal */
export const badKeyName = (path: string, name: string, what: string, value: unknown) =>
  `${name} cannot balance by the ${what} ${show(value)}: give a name of letters, digits and !#$%&'*+.^_\`|~-, as HTTP allows it [${path}]`;

/** @internal */
export const badMatchHeader = (path: string, name: string, value: string) =>
  `${name} cannot tell requests apart by the header ${show(value)}: give the name of a header of requests, such as 'x-tenant' [${path}]`;

/** @internal */
export const badMatchValue = (path: string, name: string, header: string, value: string) =>
  `${name} cannot tell requests apart by the value ${JSON.stringify(value)} of the header ${show(header)}: give one that is not empty, without line breaks, and without blanks at its ends [${path}]`;

/** @internal */
export const badMethod = (path: string, name: string, value: unknown) =>
  `${name} cannot tell requests apart by the method ${show(value)}: write it in capitals, such as 'GET' [${path}]`;

/** @internal */
export const plainHttp = (name: string, host: string, isPublic: boolean) =>
  `${name} serves '${host}' over plain HTTP: give it certificates, for example new ${isPublic ? "LetsEncrypt(chart, 'letsencrypt', { email })" : "LocalCertificates(chart, 'local')"}`;

/** @internal */
export const hostNotCertified = (name: string, host: string, issuer: string, end: string) =>
  `${name} gets no certificate for '${host}' from Let's Encrypt ('${issuer}'): no public authority certifies names ${end === '' ? 'without a dot' : `below ${end}`}, which belong to nobody;`
  + " give it new LocalCertificates(chart, 'local'), or a host name of a domain of yours";
