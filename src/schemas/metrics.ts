import { type CallTable, text } from './call.ts';

export const metricsCalls = {
  'GET /metrics': {
    tags: ['Integrity'],
    summary: 'Receipt, spool, lag, errors, reconciliation and memory in Prometheus’ text format',
    description:
      'From memory: it answers while every store is away. Like everything else only through ingress and on this machine.',
    responses: {
      200: text('text/plain', 'Text format 0.0.4'),
    },
  },
} satisfies CallTable;
