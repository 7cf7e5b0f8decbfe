import { askedOf, copyLines, destinationName } from './destinations';
import { FOLDER, FORWARD_AUTH, RUN } from './places';
import { ofRoutes, type NumberedRoute } from './routes';
import { uriOf, wordOf } from './words';
import { forwardAuthOf } from '../../model/access-rule';
import type { LoadBalancerModel, RouteTargetModel } from '../../model/load-balancer';
import type { ITargetTraits } from '../../model/traits';
import { section, type HaproxySection } from '../../util/haproxy-cfg';
import { tokenOf } from '../http';
import { TRY_SECONDS } from '../routes';

/*
 * Another workload's word about requests. HAProxy asks by a script, which sends each question through a front end of HAProxy's own:
 * so a workload that is asked has health checks, name resolution and second tries like every other one.
 */

/** Nobody comes here but the script. */
const SOCKET = `unix@${RUN}/questions.sock`;

/** The header that leads a question to its workload; no workload sees it. */
const ASKED = 'X-Asked';

/**
 * A request is not let in unless the script says so: one that it fails at gets 503. The body of an answer may be larger than
 * HAProxy's buffers, which a service may send and an action may not; a variable holds no more than such a buffer either.
 */
const SCRIPT = `-- Asks a workload about a request.
local OF_THE_CONNECTION = {
  "connection", "content-length", "expect", "http2-settings", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
}

local PIECE = 8192

local function without_connection(headers)
  for _, name in ipairs(OF_THE_CONNECTION) do headers[name] = nil end
  return headers
end

core.register_action("ask", { "http-req" }, function(txn, asked, path, copied)
  local headers = without_connection(txn.http:req_get_headers())
  headers["${ASKED.toLowerCase()}"] = { asked }
  headers["x-forwarded-method"] = { txn.f:method() }
  headers["x-forwarded-uri"] = { txn.f:pathq() }
  local answer = core.httpclient():get({ url = "http://asked" .. path, headers = headers, dst = "${SOCKET}" })
  if answer.status >= 200 and answer.status < 300 then
    for name in copied:gmatch("[^,]+") do
      local values = answer.headers[name:lower()]
      for index = 0, values and #values or -1 do txn.http:req_add_header(name, values[index]) end
    end
    txn:set_var("txn.let_in", true)
  elseif answer.status >= 300 then
    local lines = {}
    for name, values in pairs(without_connection(answer.headers)) do
      for index = 0, #values do lines[#lines + 1] = name .. ":" .. values[index] .. "\\n" end
    end
    txn:set_var("txn.refusal_status", answer.status)
    txn:set_var("txn.refusal_headers", table.concat(lines))
    local pieces = 0
    for at = 1, #answer.body, PIECE do
      pieces = pieces + 1
      txn:set_var("txn.refusal_body" .. pieces, answer.body:sub(at, at + PIECE - 1))
    end
    txn:set_var("txn.refusal_length", #answer.body)
    txn:set_var("txn.refusal_pieces", pieces)
  end
end, 3)

core.register_service("refuse", "http", function(applet)
  local status = applet:get_var("txn.refusal_status")
  applet:set_status(status or 503)
  for name, value in (applet:get_var("txn.refusal_headers") or ""):gmatch("([^:\\n]+):([^\\n]*)\\n") do
    applet:add_header(name, value)
  end
  applet:add_header("content-length", applet:get_var("txn.refusal_length") or 0)
  applet:start_response()
  if applet.method == "HEAD" then return end
  for piece = 1, applet:get_var("txn.refusal_pieces") or 0 do applet:send(applet:get_var("txn.refusal_body" .. piece)) end
end)
`;

/**
 * The script that asks, by file name; none where no route asks.
 *
 * @internal
 */
export const questionScript = (loadBalancer: LoadBalancerModel): { [fileName: string]: string } =>
  asks(loadBalancer) ? { [FORWARD_AUTH]: SCRIPT } : {};

/**
 * Whether a workload is asked about requests of any route.
 *
 * @internal
 */
export const asks = (loadBalancer: LoadBalancerModel): boolean => askedOf(loadBalancer).length > 0;

/**
 * What the program itself needs for the script.
 *
 * @internal
 */
export const scriptLines = (loadBalancer: LoadBalancerModel): string[] => !asks(loadBalancer) ? [] : [
  'tune.lua.bool-sample-conversion normal',
  `lua-load-per-thread ${FOLDER}/${FORWARD_AUTH}`,
  // Questions go to the socket, whose back ends look names up.
  'httpclient.resolvers.disabled on',
];

/**
 * Has another workload asked about requests of a route. What its answer says of a visitor is not the visitor's to say.
 *
 * @internal
 */
export function askLines(loadBalancer: LoadBalancerModel, route: NumberedRoute): string[] {
  const forwardAuth = forwardAuthOf(route);
  if (forwardAuth === undefined) return [];
  const { target, path, copyHeaders } = forwardAuth;
  const headerWord = (text: string) => wordOf(loadBalancer, HEADER, text);
  const names = copyHeaders.map((name) => tokenOf(loadBalancer, HEADER, name));
  // A word cannot be empty.
  const copied = headerWord(names.join(',') || ',');
  return [
    ...names.map((name) => `http-request del-header ${headerWord(name)} if ${ofRoutes([route])}`),
    `http-request lua.ask ${askedName(target)} ${uriOf(loadBalancer, 'the path', path)} ${copied} if ${ofRoutes([route])}`,
    `http-request use-service lua.refuse if ${ofRoutes([route])} !{ var(txn.let_in) -m bool }`,
  ];
}

/**
 * Where questions are led to the workloads that are asked, and those.
 *
 * @internal
 */
export function questionSections(loadBalancer: LoadBalancerModel, traits: ITargetTraits): HaproxySection[] {
  const asked = askedOf(loadBalancer);
  if (asked.length === 0) return [];
  return [
    section('frontend questions from own',
      `bind ${SOCKET} mode 600`,
      `http-request set-var(txn.asked) req.hdr(${ASKED})`,
      `http-request del-header ${ASKED}`,
      'use_backend %[var(txn.asked)]',
    ),
    ...asked.map((target) => section(`backend ${askedName(target)} from copies`,
      'balance leastconn',
      `timeout server ${TRY_SECONDS}s`,
      ...copyLines(loadBalancer, target, traits),
    )),
  ];
}

const HEADER = 'the name of a header';

/** No destination's name: those have one colon. */
const askedName = (target: RouteTargetModel): string => `ask:${destinationName(target)}`;
