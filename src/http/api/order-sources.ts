import { z } from "@hono/zod-openapi";
import { sourceInput } from "../../domain/order-source.ts";
import { mapPage } from "../../domain/page.ts";
import { PROVIDERS } from "../../domain/providers/index.ts";
import * as service from "../../services/order-sources.ts";
import { callOf, originOf } from "../env.ts";
import { hookUrl } from "../links.ts";
import { answer, body, route, router, routesOf } from "./route.ts";
import { iso, toIso, toIsoOrNull } from "./times.ts";

const source = z
  .object({
    id: z.string(),
    provider: z.enum(PROVIDERS),
    name: z.string(),
    url: z.string().openapi({ description: "Where the provider is to send its webhooks." }),
    createdAt: iso,
    revokedAt: iso.nullable(),
  })
  .openapi("OrderSource");

const newSource = source
  .extend({
    secret: z.string().nullable().openapi({ description: "The secret that we made: shown once. Else null." }),
  })
  .openapi("NewOrderSource");

const present = (origin: string, row: service.OrderSource): z.output<typeof source> => {
  const { workspaceId: _, sealed: __, ...shown } = row;
  return {
    ...shown,
    url: hookUrl(origin, row.id),
    createdAt: toIso(row.createdAt),
    revokedAt: toIsoOrNull(row.revokedAt),
  };
};

const tags = ["Orders"];
const many = "/order-sources";
const noun = routesOf({ tags, kind: "orderSource", one: `${many}/{id}`, shape: source, said: "The source" });

export const orderSources = router()
  .openapi(
    route("write", {
      method: "post",
      path: many,
      tags,
      summary: "Take a provider's webhooks as a source of orders",
      description:
        "`secret` is what the provider signs with: Stripe's `whsec_…` of the endpoint, Shopify's, WeChat Pay's APIv3 key (with `publicKeys`). For `standard` one is made where none is given. Kept encrypted.",
      request: { body: body(sourceInput) },
      responses: { 201: answer(newSource, "The source") },
    }),
    async (c) => {
      const made = await service.createSource(callOf(c), c.req.valid("json"));
      return c.json({ ...present(originOf(c), made.source), secret: made.secret }, 201);
    },
  )
  .openapi(noun.list(many, "List sources of orders, newest first", "A page of sources"), async (c) => {
    const page = await service.listSources(callOf(c), c.req.valid("query"));
    return c.json(
      mapPage(page, (row) => present(originOf(c), row)),
      200,
    );
  })
  .openapi(noun.act("revoke", "Revoke a source for good; what it told stays"), async (c) => {
    const row = await service.revokeSource(callOf(c), c.req.valid("param").id);
    return c.json(present(originOf(c), row), 200);
  });
