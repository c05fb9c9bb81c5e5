/* weibo.mjs - steering the Weibo stand-in (tests/standin/weibo.mjs), which runs as a program of its own. */
import assert from 'node:assert/strict';
import { start, stop } from './process.mjs';

let people = 2400000000;

export class WeiboStandin {
  async start() {
    const started = await start(process.execPath, ['tests/standin/weibo.mjs', '--port', '0'], /ready (http:\/\/\S+)/);
    this.child = started.child;
    this.url = started.match[1];
    return this;
  }

  stop() {
    return stop(this.child);
  }

  /** Settings of a channel that talks to it; polled often, found out quickly. */
  settings(more = {}) {
    return {
      app_secret: 'xyz123xyz', uid: '1900000001', access_token: 'standin-token', poll_interval_s: '1', settle_s: '1',
      api_url: this.url, message_url: this.url, commercial_url: this.url, fallback_ip: '211.156.0.1', send_interval_ms: '50', ...more,
    };
  }

  async control(name, order) {
    const answer = await fetch(`${this.url}/_control/${name}`, order === undefined ? {}
      : { method: 'POST', body: JSON.stringify(order), headers: { 'content-type': 'application/json' } });
    const json = await answer.json();
    assert.equal(answer.status, 200, JSON.stringify(json));
    return json;
  }

  async person(fields = {}) {
    return this.control('person', { id: String(++people), screen_name: `用户${people}`, followers_count: 1200, ...fields });
  }

  /** Somebody mentions us in a post; the status. */
  async mention({ text, author = {} }) {
    const { id } = await this.person(author);
    return this.control('post', { author: id, text });
  }

  /** Somebody writes privately; the push is signed by the stand-in and repeated until it is answered. */
  async pushPrivate(hook, { text, author = {}, ...order }) {
    const { id } = await this.person(author);
    const { results } = await this.control('push', { hook, sender: id, text, wait: true, every_ms: 200, ...order });
    return { sender: id, results };
  }

  fault(endpoint, kind, more = {}) {
    return this.control('fault', { endpoint, kind, ...more });
  }

  /** Our comments under a post. */
  async comments(status) {
    return (await this.control('sent')).comments.filter((comment) => !status || comment.status === String(status))
      .map((comment) => ({ ...comment, text: comment.plain ?? comment.text }));
  }

  /** Our private messages. */
  async privateMessages() {
    return (await this.control('sent')).messages.map((message) => ({ receiver: message.receiver, text: message.data.text }));
  }

  /** How often each text of ours took effect, public and private. */
  async effects() {
    const counts = new Map();
    for (const { text } of [...(await this.comments()), ...(await this.privateMessages())])
      counts.set(text, (counts.get(text) ?? 0) + 1);
    return counts;
  }
}
