/**
 * An option of a plain request. Node's agent otherwise works out a server name for TLS, of which there is none:
 * to see that a host is no IPv6 address it compiles an expression that takes longer than the request
 * (node, lib/_http_agent.js, normalizeServerName). Its types know the option for TLS alone.
 */
export const WITHOUT_TLS_NAME: object = { servername: '' };
