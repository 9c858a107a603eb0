import { joinInput } from "../../domain/join.ts";
import { pickLocale } from "../../domain/text.ts";
import { joinByServer } from "../../services/joins.ts";
import { lookOnceMore } from "../../services/reapplying.ts";
import { callOf, originOf } from "../env.ts";
import { joinAnswer, presentJoin } from "../join-answer.ts";
import { answer, body, idParam, route, router } from "./route.ts";

export const joins = router().openapi(
  route("write", {
    method: "post",
    path: "/campaigns/{id}/joins",
    tags: ["Joins"],
    summary: "Bring a prospect to the gate from a trusted server",
    description:
      "The caller vouches for the identity: a retry answers `already_joined` with the same participant, seat and invite.",
    request: { params: idParam("campaign"), body: body(joinInput) },
    responses: { 200: answer(joinAnswer, "What became of the prospect") },
  }),
  async (c) => {
    const locale = pickLocale(c.req.header("Accept-Language"));
    const result = await joinByServer(callOf(c), c.req.valid("param").id, c.req.valid("json"), locale);
    if (result.application !== null) lookOnceMore(c.get("ports"), result.application);
    return c.json(presentJoin(result, originOf(c), locale), 200);
  },
);
