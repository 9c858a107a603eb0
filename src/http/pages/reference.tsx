import { raw } from "hono/html";
import { PROBLEM_CODES, PROBLEMS } from "../../domain/problem.ts";
import type { OpenApiDocument } from "../openapi.ts";
import { statusOf } from "../problem.ts";

const CSS = `body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1c2430;background:#fff}
h2{margin-top:2.2rem;border-bottom:1px solid #dde3ea}code,pre{font-family:ui-monospace,monospace;font-size:.92em}
details{margin:.4rem 0;border:1px solid #dde3ea;border-radius:8px;padding:.4rem .8rem}summary{cursor:pointer}
.m{display:inline-block;min-width:4rem;font-weight:700;text-transform:uppercase}table{border-collapse:collapse}td{padding:.15rem .8rem .15rem 0;vertical-align:top}.r{font-weight:700}:target{background:#fff3c4}`;

type Schema = {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  description?: string;
  anyOf?: Schema[];
  allOf?: Schema[];
  format?: string;
};

type Operation = {
  summary?: string;
  description?: string;
  tags?: string[];
  security?: { key: string[] }[];
  parameters?: { name: string; in: string; required?: boolean; description?: string; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: Schema }> }>;
};

/** A schema in a few words. */
function brief(schema: Schema | undefined): string {
  if (schema === undefined) return "";
  if (schema.$ref) return schema.$ref.split("/").at(-1) ?? "";
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const parts = schema.anyOf ?? schema.allOf;
  if (parts) return parts.map(brief).join(" | ");
  if (schema.items) return `${brief(schema.items)}[]`;
  return [schema.type].flat().join(" | ") + (schema.format ? ` (${schema.format})` : "");
}

/** A sentence of the document: what stands in backquotes is code. */
const Said = ({ text = "" }: { text?: string | undefined }) => (
  <>{text.split("`").map((part, i) => (i % 2 === 1 ? <code>{part}</code> : part))}</>
);

const Fields = ({ schema }: { schema: Schema }) => (
  <table>
    {Object.entries(schema.properties ?? {}).map(([name, field]) => (
      <tr>
        <td class={schema.required?.includes(name) ? "r" : ""}>
          <code>{name}</code>
        </td>
        <td>{brief(field)}</td>
        <td>
          <Said text={field.description} />
        </td>
      </tr>
    ))}
  </table>
);

const Endpoint = ({ method, path, operation }: { method: string; path: string; operation: Operation }) => {
  const body = operation.requestBody?.content["application/json"]?.schema;
  return (
    <details>
      <summary>
        <span class="m">{method}</span> <code>{path}</code> <Said text={operation.summary} />
      </summary>
      {operation.description && (
        <p>
          <Said text={operation.description} />
        </p>
      )}
      <p>Scope: {operation.security?.[0]?.key.join(", ")}</p>
      {operation.parameters && (
        <table>
          {operation.parameters.map(({ name, in: place, required, description, schema }) => (
            <tr>
              <td class={required ? "r" : ""}>
                <code>{name}</code>
              </td>
              <td>{place}</td>
              <td>{brief(schema)}</td>
              <td>
                <Said text={description} />
              </td>
            </tr>
          ))}
        </table>
      )}
      {body && (
        <>
          <h4>Body (required fields in bold)</h4>
          <Fields schema={body} />
        </>
      )}
      <h4>Answers</h4>
      <table>
        {Object.entries(operation.responses).map(([status, { description, content }]) => (
          <tr>
            <td>{status}</td>
            <td>{brief(Object.values(content ?? {})[0]?.schema)}</td>
            <td>
              <Said text={description} />
            </td>
          </tr>
        ))}
      </table>
    </details>
  );
};

/** Every code that a refusal can have, where its `type` points. */
const Refusals = () => (
  <>
    <h2>Refusals</h2>
    <p>
      A refusal is <code>application/problem+json</code>. Build on its <code>code</code>; its sentences may
      change.
    </p>
    <table>
      {PROBLEM_CODES.toSorted((a, b) => statusOf(a) - statusOf(b)).map((code) => (
        <tr id={code}>
          <td>
            <code>{code}</code>
          </td>
          <td>{statusOf(code)}</td>
          <td>
            <Said text={PROBLEMS[code]} />
          </td>
        </tr>
      ))}
    </table>
  </>
);

/** The API's reference for people, from the document: no script, nothing from elsewhere. */
export const ReferencePage = ({ document }: { document: OpenApiDocument }) => {
  const operations = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, Operation>).map(([method, operation]) => ({
      path,
      method,
      operation,
    })),
  );
  const tags = [...new Set(operations.map(({ operation }) => operation.tags?.[0] ?? ""))];
  const schemas = Object.entries((document.components?.schemas ?? {}) as Record<string, Schema>);
  return (
    <>
      {raw("<!doctype html>")}
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width,initial-scale=1" />
          <title>Qrove API</title>
          <link rel="icon" href="data:," />
          <style>{raw(CSS)}</style>
        </head>
        <body>
          <h1>Qrove API</h1>
          <p>
            <Said text={document.info.description} />
          </p>
          <p>
            The same for machines: <a href="/openapi.json">openapi.json</a>
          </p>
          {tags.map((tag) => (
            <>
              <h2>{tag}</h2>
              {operations
                .filter(({ operation }) => operation.tags?.[0] === tag)
                .map((operation) => (
                  <Endpoint {...operation} />
                ))}
            </>
          ))}
          <Refusals />
          <h2>Shapes</h2>
          {schemas.map(([name, schema]) => (
            <details id={name}>
              <summary>
                <code>{name}</code>
              </summary>
              {schema.properties ? <Fields schema={schema} /> : <pre>{JSON.stringify(schema, null, 2)}</pre>}
            </details>
          ))}
        </body>
      </html>
    </>
  );
};
