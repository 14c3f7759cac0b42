// Checks against `docs/openapi.json`.
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { Ajv2020 } from 'ajv/dist/2020.js';

import { ROOT } from './pages.js';

export const contract = JSON.parse(readFileSync(path.join(ROOT, 'docs/openapi.json'), 'utf8'));

const ajv = new Ajv2020({ strict: false, allErrors: true });
ajv.addSchema({ ...contract, $id: 'https://shop.example.com/contract' });

/** What a reference of the contract stands for. */
const resolved = (value) =>
  value?.$ref
    ? resolved(
        value.$ref
          .slice(2)
          .split('/')
          .reduce((at, name) => at[name], contract),
      )
    : value;

/** How a value differs from a schema of the contract. */
export function faultsOf(schema, value) {
  const absolute = schema.$ref
    ? { $ref: `https://shop.example.com/contract${schema.$ref}` }
    : schema;
  const validate = ajv.compile(absolute);
  return validate(value)
    ? []
    : validate.errors.map(({ instancePath, message }) => `${instancePath} ${message}`);
}

const operationAt = (url) => contract.paths[`/${url.split('/').at(-1)}`].post;

/** How the value of a header differs from its schema. On the wire, numbers are strings. */
const headerFaults = (schema, value = null) =>
  faultsOf(schema, resolved(schema).type === 'integer' && /^\d+$/.test(value) ? +value : value);

/** What the description of `SubscribeResult` asks for: as a schema, no generator understands it. */
const answerFaults = ({ agreeTemplateIds = [], rejectTemplateIds }) =>
  rejectTemplateIds && agreeTemplateIds.length + rejectTemplateIds.length === 0
    ? ['a report has no template']
    : [];

/** How a request of the SDK differs from the contract. */
export function requestFaults({ url, data, header }) {
  const { parameters = [], requestBody } = operationAt(url);
  const headers = Object.fromEntries(
    Object.entries(header).map(([name, value]) => [name.toLowerCase(), value]),
  );
  return [
    ...parameters
      .filter(({ name, required }) => required || name.toLowerCase() in headers)
      .flatMap(({ name, schema }) => headerFaults(schema, headers[name.toLowerCase()])),
    ...faultsOf(requestBody.content['application/json'].schema, data),
    ...answerFaults(data),
  ];
}

/** How a response differs from what the contract has for its status. */
export function responseFaults(url, status, body) {
  const { responses } = operationAt(url);
  const range = `${String(status)[0]}XX`;
  const response = resolved(responses[status] ?? responses[range] ?? responses.default);
  return faultsOf(response.content['application/json'].schema, body);
}
