// Writes Google's description of an API as Swagger, for prism: node swagger.cjs FROM TO
const { readFileSync, writeFileSync } = require("node:fs");
const { convert } = require("google-discovery-to-swagger");

const [, , from, to] = process.argv;
const found = convert(JSON.parse(readFileSync(from)));
found.consumes = found.produces = ["application/json"];
for (const each of Object.values(found.definitions)) each.additionalProperties = false; // a name misspelt is an error
for (const path of Object.values(found.paths))
  for (const { responses } of Object.values(path))
    if (responses?.[200] && !responses[200].schema) responses[204] = responses[200]; // nothing to say
writeFileSync(to, JSON.stringify(found));
