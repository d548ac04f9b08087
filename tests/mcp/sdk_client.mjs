// SPDX-License-Identifier: GPL-2.0-or-later
// The official SDK's client: connects, lists, calls, and prints what it was told, one JSON object. For test_sdk.py.
// node sdk_client.mjs PACKAGE MODE PURPOSE ADDRESS: MODE is "legacy" (initialize), or "auto" or "modern"
// (server/discover), which only the client of the second major version knows.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import path from "node:path";

const [folder, mode, command, address] = process.argv.slice(2);
const require = createRequire(path.join(folder, "package.json"));
const load = async (name) => import(pathToFileURL(require.resolve(name)).href);
const isSecond = mode !== "first";
const { Client } = await load(isSecond ? "@modelcontextprotocol/client" : "@modelcontextprotocol/sdk/client/index.js");
const { StdioClientTransport } = await load(
  isSecond ? "@modelcontextprotocol/client/stdio" : "@modelcontextprotocol/sdk/client/stdio.js",
);

const negotiation = { auto: { mode: "auto" }, modern: { mode: { pin: "2026-07-28" } } }[mode];
const client = new Client(
  { name: "test", version: "1" },
  negotiation ? { versionNegotiation: negotiation } : undefined,
);
await client.connect(new StdioClientTransport({ command, args: ["mcp", "--socket", address] }));
const { tools } = await client.listTools();
const call = async (name, args) => client.callTool({ name, arguments: args });
const found = await call("search_register", { query: '"risk stratification"', limit: 2 });
const record = await call("get_record", { id: found.structuredContent.hits[0].id });
const values = await call("list_facet_values", { facet: "legal_basis" });
const compared = await call("compare_records", { first: "NIC-410377-Q1D8M", second: "NIC-410503-N4R6L" });
const changed = await call("what_changed", {});
const wrong = await call("search_register", { limit: "ten" });
let unknown = null;
try {
  await call("nonesuch", {});
} catch (error) {
  unknown = error.code;
}
console.log(
  JSON.stringify({
    server: client.getServerVersion()?.name,
    version: client.getNegotiatedProtocolVersion?.(),
    tools: tools.map((tool) => tool.name),
    total: found.structuredContent.total,
    record: record.structuredContent.id === found.structuredContent.hits[0].id,
    values: values.structuredContent.values.length,
    same: compared.structuredContent.same,
    added: changed.structuredContent.counts.added,
    wrong: wrong.isError,
    unknown,
  }),
);
await client.close();
