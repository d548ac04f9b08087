// SPDX-License-Identifier: GPL-2.0-or-later
// Whether the description on standard input is OpenAPI, as the validator from npm has it. Argument: its folder.
import {readFileSync} from "node:fs";
import {pathToFileURL} from "node:url";

const place = `${process.argv[2]}/node_modules/@seriousme/openapi-schema-validator/index.js`;
const {Validator} = await import(pathToFileURL(place));
const validator = new Validator();
const {valid, errors} = await validator.validate(JSON.parse(readFileSync(0, "utf8")));
console.log(JSON.stringify({valid, version: validator.version, errors}));
