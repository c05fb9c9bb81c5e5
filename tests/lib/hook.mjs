/* hook.mjs - pushing messages through the signed webhook; the signatures are made by npm's standardwebhooks. */
import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { Webhook } from 'standardwebhooks';

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

export class Hook {
  constructor(server, channel) {
    this.server = server;
    this.id = channel.id;
    this.signer = new Webhook(channel.secret);
  }

  /** A message as a listening vendor would tell it; fields override. */
  static message(fields = {}) {
    const id = fields.external_id ?? randomUUID();
    return {
      external_id: id,
      channel: 'forum',
      author: { id: `author-${id}`, name: '小麦', followers: 12, verified: false },
      text: '这家客服不理人，退款三周没到账',
      url: `https://forum.example/${id}`,
      created_at: new Date().toISOString(),
      visibility: 'public',
      ...fields,
    };
  }

  signed(data, type = 'mention.created', id = `msg_${randomUUID()}`, at = new Date()) {
    const body = JSON.stringify({ type, timestamp: at.toISOString(), data });
    return {
      body,
      headers: {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
        'webhook-signature': this.signer.sign(id, at, body),
      },
    };
  }

  /** Resolves with { status, text }; rejects when no whole answer came. */
  post(body, headers) {
    return new Promise((resolve, reject) => {
      const call = request(`${this.server.url}/hooks/${this.id}`,
        { method: 'POST', agent, headers: { ...headers, 'content-length': Buffer.byteLength(body) } }, (answer) => {
          let text = '';
          answer.setEncoding('utf8');
          answer.on('data', (chunk) => (text += chunk));
          answer.on('end', () => resolve({ status: answer.statusCode, text }));
          answer.on('aborted', () => reject(new Error('answer cut off')));
          answer.on('error', reject);
        });
      call.on('error', reject);
      call.setTimeout(20000, () => call.destroy(new Error('no answer in 20 s')));
      call.end(body);
    });
  }

  send(data, type) {
    const { body, headers } = this.signed(data, type);
    return this.post(body, headers);
  }
}
