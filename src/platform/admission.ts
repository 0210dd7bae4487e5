import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Refused } from '../kernel/refusal';
import { sendProblem } from './problem.filter';
import { type Leave, Turns, tooBusy } from './turns';

/** How many requests of one lane are worked on at once, for each connection to the database: more would only wait for one another. */
const placesPerConnection = 3;
/** How many may wait, for each that is worked on, and how long. */
const seatsPerPlace = 20;
const patienceMs = 500;

/** Routes as Fastify names them: `POST /api/v1/invitations/:token`. */
export type PublicRoutes = ReadonlySet<string>;

/** Whether this process lives and is ready is asked above all when it is busy. */
const isExempt = ({ url }: FastifyRequest): boolean => url.startsWith('/health/');

/**
 * Who waits for whom: those who write wait for locks, and strangers, whose passwords are hashed, for the processor. Neither are to hold up those who read.
 * Whether a session is a real one is not known here: who sends a wrong one is gone at once from a route that asks for one, and on a public route, which
 * does not, everybody is a stranger, whatever they send.
 */
function laneOf(
  { method, headers, is404, routeOptions: { url } }: FastifyRequest,
  openTo: PublicRoutes,
): 'strangers' | 'readers' | 'writers' {
  if (headers.authorization === undefined && headers.cookie === undefined) return 'strangers';
  // a HEAD is answered by the route of the GET
  if (is404 || openTo.has(`${method === 'HEAD' ? 'GET' : method} ${url ?? ''}`)) return 'strangers';
  return method === 'GET' || method === 'HEAD' ? 'readers' : 'writers';
}

function refuse(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  sendProblem(new Refused(tooBusy), request, reply, (text) => request.log.error(text));
  return reply;
}

/**
 * Takes on as many requests as this process can work on and refuses the others at once, before anything is done for them: under a load ten times too
 * high those that are taken on are answered as usual, and when the load is gone nothing is left over. A place is held from when the request has been read
 * until its answer is ready to be sent, so that clients who are slow to send or to read hold none.
 * @param openTo the routes that ask for no session
 */
export function admitInTurn(server: FastifyInstance, connections: number, openTo: PublicRoutes): void {
  const places = connections * placesPerConnection;
  const newLane = (): Turns => new Turns(places, places * seatsPerPlace, patienceMs);
  const lanes = { strangers: newLane(), readers: newLane(), writers: newLane() } as const;
  const leaves = new WeakMap<FastifyRequest, Leave>();

  server.addHook('onRequest', (request, reply, done) => {
    if (!isExempt(request) && lanes[laneOf(request, openTo)].isFull) refuse(request, reply);
    else done();
  });
  server.addHook('preValidation', async (request, reply) => {
    if (isExempt(request)) return;
    try {
      leaves.set(request, await lanes[laneOf(request, openTo)].take());
    } catch {
      return refuse(request, reply);
    }
  });
  server.addHook('onSend', (request, _reply, payload, done) => {
    leaves.get(request)?.();
    done(null, payload);
  });
}
