import { z } from "@hono/zod-openapi";
import { entriesInput, listInput } from "../../domain/list.ts";
import { mapPage } from "../../domain/page.ts";
import * as service from "../../services/lists.ts";
import { callOf } from "../env.ts";
import { answer, body, idParam, route, router, routesOf } from "./route.ts";
import { iso, toIso } from "./times.ts";

const list = z.object({ id: z.string(), name: z.string(), createdAt: iso }).openapi("List");

const entries = z.int().openapi({ description: "People on the list." });
const countedList = list.extend({ entries }).openapi("CountedList");

const changed = z
  .object({
    added: z.int().openapi({ description: "Who was not on it before." }),
    removed: z.int().openapi({ description: "Who was on it, and is no more." }),
    entries,
  })
  .openapi("ListChange");

const present = ({ workspaceId: _, createdAt, ...row }: service.List): z.output<typeof list> => ({
  ...row,
  createdAt: toIso(createdAt),
});

const tags = ["Lists"];
const one = "/lists/{id}";
const noun = routesOf({ tags, kind: "list", one, shape: list, said: "The list" });

export const lists = router()
  .openapi(
    route("write", {
      method: "post",
      path: "/lists",
      tags,
      summary: "Make a list of people, to let in or to keep out",
      request: { body: body(listInput) },
      responses: {
        200: answer(list, "The list of that name, which was there"),
        201: answer(list, "The list"),
      },
    }),
    async (c) => {
      const made = await service.createList(callOf(c), c.req.valid("json").name);
      return c.json(present(made.list), made.created ? 201 : 200);
    },
  )
  .openapi(noun.list("/lists", "List the lists of people, newest first", "A page of lists"), async (c) => {
    const page = await service.listLists(callOf(c), c.req.valid("query"));
    return c.json(mapPage(page, present), 200);
  })
  .openapi(
    route("read", {
      method: "get",
      path: one,
      tags,
      summary: "Read a list's name, and how many people stand on it",
      request: { params: idParam("list") },
      responses: { 200: answer(countedList, "The list") },
    }),
    async (c) => {
      const { entries, ...row } = await service.getList(callOf(c), c.req.valid("param").id);
      return c.json({ ...present(row), entries }, 200);
    },
  )
  .openapi(
    route("write", {
      method: "post",
      path: `${one}/entries`,
      tags,
      summary: "Put people on a list and take others off, up to 5,000 at once",
      description:
        "Only keyed hashes of the identities are kept. Whoever is named in both ends off the list.",
      request: { params: idParam("list"), body: body(entriesInput) },
      responses: { 200: answer(changed, "What has changed") },
    }),
    async (c) => {
      const { id } = c.req.valid("param");
      return c.json(await service.changeEntries(callOf(c), id, c.req.valid("json")), 200);
    },
  );
