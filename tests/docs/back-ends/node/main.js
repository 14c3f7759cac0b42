// The page's server, and on another port what the test asks of it: all
// grants, and to send many messages at once.
'use strict';

const { createServer } = require('node:http');
const { json } = require('node:stream/consumers');

const db = require('./db');
const grants = require('./grants');
require('./server');

function countBy(words) {
  const counts = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

const GRANTS = `
  SELECT g.report_id, g.state, g.answered_at, a.trigger_act
  FROM subscribe_grant g JOIN subscribe_answer a ON a.report_id = g.report_id`;

const allGrants = async () =>
  (await db.query(GRANTS)).rows.map((row) => [
    row.report_id,
    row.state,
    Number(row.answered_at),
    row.trigger_act,
  ]);

async function sendAll(messages) {
  const sent = await Promise.allSettled(
    messages.map(([id, openId, templateId]) =>
      grants.send(id, {
        touser: openId,
        template_id: templateId,
        data: { thing1: { value: id } },
      }),
    ),
  );
  return countBy(sent.map(({ value = 'error' }) => value));
}

createServer(async (request, response) => {
  const reply = request.method === 'GET' ? await allGrants() : await sendAll(await json(request));
  response.end(JSON.stringify(reply));
}).listen(Number(process.env.CONTROL_PORT), '127.0.0.1');
