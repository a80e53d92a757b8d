/** The application of a gateway: its HTTP API with the pages that people see. Commands do without it. */
import type { Gateway } from '../gateway.ts';
import { createApp } from '../http/app.ts';
import type { MarkOf } from '../http/limiting.ts';
import { confirmPages } from '../web/confirm.ts';
import { pinPages } from '../web/pin-page.ts';
import { proofPages } from '../web/proof.ts';
import { readerPages } from '../web/reader.ts';
import { startPages } from '../web/start.ts';

/** A value with `fetch`, for whatever the runtime calls a server. */
export type Application = ReturnType<typeof createApp>;

export const applicationOf = (gateway: Gateway, markOf: MarkOf = () => undefined): Application =>
  createApp(gateway, pagesOf(gateway), markOf);

const pagesOf = (gateway: Gateway) =>
  readerPages(gateway)
    .route('/', pinPages(gateway))
    .route('/', confirmPages(gateway))
    .route('/', startPages(gateway))
    .route('/', proofPages(gateway));
