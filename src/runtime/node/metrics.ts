/** Prometheus metrics of the Node host, read when they are asked for. */
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Service } from '../instance.ts';

export function createMetrics(service: Service): { text(): Promise<string> } {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'millrace_' });
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  };
  gauge('millrace_effects_running', 'Calls to funders, deliveries and other effects under way', () => service.busy());
  gauge('millrace_feed_last_seq', 'Number of the last event of the feed', () => service.deps.store.feed.lastSeq());
  gauge('millrace_model_version', 'Number of the last event the likelihood model has learnt from', () => service.deps.desk.likelihoods().version);
  gauge(
    'millrace_timers_overdue',
    'Timers due for more than a minute',
    () => service.deps.store.feed.dueTimers(service.deps.clock.nowMs() - 60_000, 10_000).length,
  );
  const applications = new Gauge({
    name: 'millrace_applications',
    help: 'Applications from which something may still follow, by state',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      // Of a state in which nobody is any more the last number would stay.
      this.reset();
      for (const { state, n } of service.deps.store.applications.countUnderWay()) this.set({ state }, n);
    },
  });
  const breakers = new Gauge({
    name: 'millrace_breaker_open',
    help: '1 while the breaker of a funder is open',
    labelNames: ['funder'],
    registers: [registry],
    collect() {
      const nowMs = service.deps.clock.nowMs();
      for (const funder of service.deps.desk.snapshot().funders.values())
        this.set({ funder: funder.id }, service.deps.lines.of(funder).isOpen(nowMs) ? 1 : 0);
    },
  });
  void applications;
  void breakers;
  return { text: () => registry.metrics() };
}
