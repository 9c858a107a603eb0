import { raw } from "hono/html";
import type { OpenApiDocument } from "../openapi.ts";

const CSS = `body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1c2430;background:#fff}
h2{margin-top:2.2rem;border-bottom:1px solid #dde3ea}code,pre{font-family:ui-monospace,monospace;font-size:.92em}
details{margin:.4rem 0;border:1px solid #dde3ea;border-radius:8px;padding:.4rem .8rem}summary{cursor:pointer}
.m{display:inline-block;min-width:4rem;font-weight:700;text-transform:uppercase}table{border-collapse:collapse}td{padding:.15rem .8rem .15rem 0;vertical-align:top}.r{font-weight:700}`;

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

const Fields = ({ schema }: { schema: Schema }) => (
  <table>
    {Object.entries(schema.properties ?? {}).map(([name, field]) => (
      <tr>
        <td class={schema.required?.includes(name) ? "r" : ""}>
          <code>{name}</code>
        </td>
        <td>{brief(field)}</td>
        <td>{field.description}</td>
      </tr>
    ))}
  </table>
);

const Endpoint = ({ method, path, operation }: { method: string; path: string; operation: Operation }) => {
  const body = operation.requestBody?.content["application/json"]?.schema;
  return (
    <details>
      <summary>
        <span class="m">{method}</span> <code>{path}</code> {operation.summary}
      </summary>
      {operation.description && <p>{operation.description}</p>}
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
              <td>{description}</td>
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
            <td>{description}</td>
          </tr>
        ))}
      </table>
    </details>
  );
};

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
          <style>{raw(CSS)}</style>
        </head>
        <body>
          <h1>Qrove API</h1>
          <p>{document.info.description}</p>
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
