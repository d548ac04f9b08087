# SPDX-License-Identifier: GPL-2.0-or-later
"""The description is one, and real replies are as it says."""
import json
import os
import pathlib
import re
import shutil
import subprocess

import jsonschema
import pytest

from support import PATIENCE, ROOT, RpcError

METHODS = [["get"], ["post"]]  # the latter for calls; nothing here can be changed


@pytest.fixture(scope="module")
def described(server):
    return server.get("/openapi.json")


def references(value):
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def look_up(described, reference):
    at = described
    for step in reference.removeprefix("#/").split("/"):
        at = at[step]
    return at


def gets(described):
    return [(path, item) for path, item in described["paths"].items() if "get" in item]


def test_it_is_openapi(described):
    assert re.fullmatch(r"3\.1\.\d+", described["openapi"])
    assert described["info"]["title"] and described["info"]["version"]
    operations = []
    for path, item in described["paths"].items():
        assert path.startswith("/") and list(item) in METHODS
        operation, = item.values()
        operations.append(operation["operationId"])
        assert operation["summary"] and operation["responses"]
        parameters = operation.get("parameters", [])
        names = [(parameter["name"], parameter["in"]) for parameter in parameters]
        assert len(names) == len(set(names))
        assert {name for name, where in names if where == "path"} == set(re.findall(r"{(\w+)}", path))
        for parameter in parameters:
            assert parameter["in"] in ("query", "path") and "schema" in parameter
            assert parameter["in"] != "path" or parameter["required"] is True
        for status, response in operation["responses"].items():
            assert re.fullmatch(r"[1-5]\d\d", status)
            assert "$ref" in response or response["description"]
    assert len(operations) == len(set(operations))


VALIDATOR = pathlib.Path(os.environ.get("PURPOSED_OPENAPI", ROOT / "build" / "browser"))


def by_a_public_validator(description):
    """What npm's @seriousme/openapi-schema-validator says, which holds it against OpenAPI's own schemas. `./dev browser`
    puts it where this looks."""
    if not shutil.which("node") or not (VALIDATOR / "node_modules/@seriousme/openapi-schema-validator").exists():
        pytest.skip(f"the validator is not in {VALIDATOR}; ./dev browser gets it")
    result = subprocess.run(["node", ROOT / "tests/http/validate_openapi.mjs", VALIDATOR], input=json.dumps(description),
                            capture_output=True, text=True, check=True, timeout=PATIENCE)
    return json.loads(result.stdout)


def test_it_is_openapi_to_a_public_validator(described):
    assert by_a_public_validator(described) == {"valid": True, "version": "3.1"}


def test_the_validator_tells(described):
    wrong = json.loads(json.dumps(described))
    wrong["paths"]["/api/search"]["get"]["parameters"][0]["in"] = "nowhere"
    told = by_a_public_validator(wrong)
    assert told["valid"] is False and "/paths/~1api~1search/get/parameters/0/in" in json.dumps(told["errors"])


def test_schemas_are_json_schema(described):
    for schema in described["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)
    for path in described["paths"].values():
        for parameter in path.get("get", {"parameters": []})["parameters"]:
            jsonschema.Draft202012Validator.check_schema(parameter["schema"])
    for reference in references(described):
        assert look_up(described, reference)


def validate(described, schema, value):
    """`schema` may refer to its neighbours: they are put where JSON Schema looks for them."""
    text = json.dumps({"allOf": [schema], "$defs": described["components"]["schemas"]})
    whole = json.loads(text.replace("#/components/schemas/", "#/$defs/"))
    jsonschema.Draft202012Validator(whole).validate(value)


ASKED = {
    "/api/search": ["", "?q=asthma&facet=legal_basis&facet=opt_outs&explain=1&snippets=3", "?q=zzzz+patients",
                    "?legal_basis=s251&same_release=no&sort=-end&limit=100", "?q=patients&newest_version=1&history=1",
                    "?q=patients&field=datasets&field=sources&field=commercial"],
    "/api/records/{id}": ["GPCENSUS", "DARS-NIC-150871-T1F3N?q=asthma", "DARS-NIC-900001-H0STL"],
    "/api/facets/{name}": ["dataset", "legal_basis?parent=UK+GDPR", "organisation?q=asthma&limit=1000"],
    "/api/similar/{id}": ["DARS-NIC-150871-T1F3N", "GPCENSUS?copies=no"],
    "/api/compare": ["?id=GPCENSUS&id=DARS-NIC-150871-T1F3N", "?id=GPCENSUS&id=GPCENSUS"],
    "/api/suggest": ["?q=ris", "?q=zzz"],
    "/api/changes": [""],
    "/api/schema": [""],
    "/api/status": [""],
    "/search.json": ["?q=asthma", "?sort=id&limit=100"],
    "/suggest": ["?q=ris"],
    "/openapi.json": [""],
}


def test_real_replies_are_as_described(server, described):
    seen = 0
    for path, questions in ASKED.items():
        if path not in described["paths"]:
            continue
        for question in questions:
            reply = server.ask(re.sub(r"{\w+}", "", path) + question)
            operation = described["paths"][path]["get"]
            assert str(reply.status) in operation["responses"], (path, question, reply.body)
            response = operation["responses"][str(reply.status)]
            response = look_up(described, response["$ref"]) if "$ref" in response else response
            validate(described, response["content"][reply.type]["schema"], reply.json())
            seen += 1
    assert seen > 15


POSTED = [({"method": "search", "params": {"q": "asthma"}}, "SearchResult"),
          ({"method": "get", "params": {"id": "GPCENSUS"}}, "Record"), ({"method": "status"}, "StatusResult"),
          ({"method": "schema"}, "SchemaResult"), ({"method": "get", "params": {"id": "x"}}, None),
          ({"method": "search", "params": {"limit": "x"}}, None), ({"method": "x"}, None), ({}, None)]


@pytest.mark.parametrize("call, result", POSTED)
def test_calls_and_their_replies_are_as_described(server, described, call, result):
    call = {"jsonrpc": "2.0", "id": 1, **call}
    reply = server.ask("/api/rpc", "POST", json.dumps(call), Content_Type="application/json")
    response = described["paths"]["/api/rpc"]["post"]["responses"][str(reply.status)]
    validate(described, look_up(described, response["$ref"])["content"][reply.type]["schema"], reply.json())
    if "method" in call:
        validate(described, {"$ref": "#/components/schemas/Call"}, call)
    if result:
        validate(described, {"$ref": f"#/components/schemas/{result}"}, reply.json()["result"])


def test_a_reply_that_is_not_so_is_told(server, described):
    """The check above can fail."""
    result = server.get("/api/search", [("q", "asthma")])
    del result["hits"][0]["id"]
    with pytest.raises(jsonschema.ValidationError):
        validate(described, {"$ref": "#/components/schemas/SearchResult"}, result)


def test_every_path_is_served_as_its_type(server, described):
    for path, item in gets(described):
        reply = server.ask(re.sub(r"{\w+}", "GPCENSUS", path).replace("facets/GPCENSUS", "facets/dataset") +
                           ("?id=GPCENSUS&id=GPCENSUS" if path == "/api/compare" else ""))
        assert str(reply.status) in item["get"]["responses"], (path, reply.status, reply.body)
        if reply.status == 200:
            assert reply.type in item["get"]["responses"]["200"]["content"]


def test_every_parameter_is_taken(server, described):
    """None is told of that the server then does not know."""
    values = {"match": "any", "sort": "id", "format": "csv", "count": "records", "edition": "2021-02"}
    for path, item in gets(described):
        for parameter in item["get"]["parameters"]:
            if parameter["in"] == "path":
                continue
            schema = parameter["schema"]
            value = str(schema["enum"][0]) if "enum" in schema else "1" if schema["type"] == "integer" else \
                values.get(parameter["name"], "2021-02")
            plain = re.sub(r"{\w+}", "GPCENSUS", path).replace("facets/GPCENSUS", "facets/dataset")
            reply = server.ask(f"{plain}?{parameter['name']}={value}")
            if reply.status == 400:
                assert "no parameter" not in reply.json()["detail"], (path, parameter["name"])


ROUTES = {"search": "/api/search", "get": "/api/records/{id}", "facets": "/api/facets/{name}", "export": "/api/export",
          "similar": "/api/similar/{id}", "compare": "/api/compare", "suggest": "/api/suggest", "changes": "/api/changes"}
CALLED = {"facets": "facet", "ids": "id"}


@pytest.mark.parametrize("method", ROUTES)
def test_every_parameter_of_the_protocol_has_one_here(server, described, method):
    """What a method takes it says when it is asked for what it does not take."""
    with pytest.raises(RpcError) as error:
        server.call(method, no_such_parameter=1)
    taken = set(error.value.message.split("it takes ")[1].split(", "))
    told = {parameter["name"] for parameter in described["paths"][ROUTES[method]]["get"]["parameters"]}
    left_out = {"filters"} | ({"cursor"} if method == "export" else set())  # by name; the stream goes on by itself
    assert {CALLED.get(name, name) for name in taken - left_out} <= told


def test_filters_are_the_facets_there_are(server, described):
    told = {parameter["name"] for parameter in described["paths"]["/api/search"]["get"]["parameters"]}
    schema = server.get("/api/schema")
    assert {facet["name"] for facet in schema["facets"]} | set(schema["ranges"]) <= told
