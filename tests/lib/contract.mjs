/* contract.mjs - is an answer what /openapi.json says it is? Checked with ajv, which knows nothing of our tables. */
import assert from 'node:assert/strict';
import Ajv2020 from 'ajv/dist/2020.js';
import { Api } from './server.mjs';

/* The document describes requests too, where a field that is not named is refused; so none is told that is not named. */
function closed(schemas) {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) =>
    [name, schema.properties ? { ...schema, additionalProperties: false } : schema]));
}

export class Contract {
  constructor(document) {
    this.ajv = new Ajv2020({ strict: false, allErrors: true, formats: {
      'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
    } });
    this.ajv.addSchema({ components: { ...document.components, schemas: closed(document.components.schemas) } }, 'api');
    this.operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        name: operation.operationId,
        method: method.toUpperCase(),
        path: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`),
        fixed: !path.includes('{'),
        responses: operation.responses,
      }))).sort((a, b) => b.fixed - a.fixed); // "/counts" before "/{id}"
    this.seen = new Map(); // operation → Set of statuses
  }

  operation(method, path) {
    const bare = path.split('?')[0];
    const found = this.operations.find((one) => one.method === method && one.path.test(bare));
    assert.ok(found, `${method} ${bare} is not in the document`);
    return found;
  }

  check(method, path, status, json) {
    const operation = this.operation(method, path);
    const response = operation.responses[status] ?? operation.responses.default;
    assert.ok(response, `${operation.name} answers ${status}, which the document does not know`);
    if (status < 300) assert.ok(operation.responses[status], `${operation.name} answers ${status}, the document says ${Object.keys(operation.responses)}`);
    const { $ref } = response.content['application/json'].schema;
    const validate = this.ajv.getSchema(`api${$ref}`);
    assert.ok(validate(json), `${operation.name} ${status}: ${this.ajv.errorsText(validate.errors)}\n${JSON.stringify(json)}`);
    if (!this.seen.has(operation.name)) this.seen.set(operation.name, new Set());
    this.seen.get(operation.name).add(status);
  }
}

/** An Api whose every answer is held against the document. */
export class CheckedApi extends Api {
  constructor(server, token, contract) {
    super(server, token);
    this.contract = contract;
  }

  async call(method, path, body, headers) {
    const answer = await super.call(method, path, body, headers);
    assert.ok(answer.json, `${method} ${path}: ${answer.status} without JSON: ${answer.text}`);
    this.contract.check(method, path, answer.status, answer.json);
    return answer;
  }

  async refused(status, field, method, path, body) {
    const answer = await this.call(method, path, body);
    assert.equal(answer.status, status, `${method} ${path}: ${answer.text}`);
    assert.equal(answer.json.error.field, field, answer.text);
    return answer.json.error;
  }
}
