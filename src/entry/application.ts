/** The application of a gateway: its HTTP API and its pages. Commands do not load it. */
import type { Gateway } from '../gateway.ts';
import { createApp } from '../http/app.ts';
import type { MarkOf } from '../http/limiting.ts';
import { confirmRoutes } from '../web/confirm.ts';
import { pinRoutes } from '../web/pin-page.ts';
import { proofRoutes } from '../web/proof.ts';
import { readerRoutes } from '../web/reader.ts';
import { refusedBefore } from '../web/refused.ts';
import { startRoutes } from '../web/start.ts';

/** A value with `fetch`, which each runtime puts behind its own server. */
export type Application = ReturnType<typeof createApp>;

export const createApplication = (gateway: Gateway, markOf: MarkOf = () => undefined): Application =>
  createApp(gateway, pagesOf(gateway), markOf, refusedBefore(gateway));

const pagesOf = (gateway: Gateway) =>
  readerRoutes(gateway)
    .route('/', pinRoutes(gateway))
    .route('/', confirmRoutes(gateway))
    .route('/', startRoutes(gateway))
    .route('/', proofRoutes(gateway));
