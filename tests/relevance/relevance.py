# SPDX-License-Identifier: GPL-2.0-or-later
"""Judged collections made into an index and a run; the measures; the table that run.sh prints."""
import collections
import json
import math
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import support  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
JUDGED = support.SHARED / "ir"
WORKBOOK = support.SHARED / "register" / "workbook" / "2021-02.xlsx"
DEEPEST = 1000
REFERENCES = {"xapian": "Xapian's defaults", "bm25": "BM25, k1 1.2, b .75"}
PARAMETERS = {"xapian": "", "bm25": "1.2,0.75"}
TYPED, ANY = "ours, as typed", "ours, any of the words"
MEASURES = ("ndcg10", "map", "recall100", "p5")


class Collection:
    """Records in a file, and questions: {"id", "params", "relevant": {id: grade}}."""

    def __init__(self, name, records, questions):
        self.name, self.records, self.questions = name, records, questions


def lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def judged(name, folder):
    """A collection of JSON Lines and qrels. Numbers as references would be words of their documents, so they get a
    letter."""
    relevant = collections.defaultdict(dict)
    for line in open(JUDGED / name / "qrels.tsv", encoding="utf-8"):
        question, _, document, grade = line.split()
        relevant[question]["d" + document] = int(grade)
    path = folder / f"{name}.jsonl"
    with open(path, "w", encoding="utf-8") as file:
        for document in lines(JUDGED / name / "docs.jsonl"):
            record = {"id": "d" + document["id"], "title": document["title"], "objectives": document["text"]}
            file.write(json.dumps(record) + "\n")
    questions = [{"id": question["id"], "params": {"q": question["text"], "match": "any"},
                  "relevant": relevant[question["id"]]}
                 for question in lines(JUDGED / name / "queries.jsonl")]
    return Collection(name, path, questions)


def register(folder):
    """The questions written for the register, over the workbook of 2021."""
    path = folder / "register.jsonl"
    with open(path, "w", encoding="utf-8") as file:
        for record in support.parse(WORKBOOK):
            file.write(json.dumps(record) + "\n")
    questions = [{"id": str(number), "q": question["params"]["q"], "hard": False, **question}
                 for number, question in enumerate(lines(HERE / "questions.jsonl"), 1)]
    return Collection("register", path, questions)


# ---- runs: {question: [ids, best first]} ----

def run_ours(collection, folder, **changed):
    """What the daemon answers, `changed` parameters in place of the questions' own."""
    db = folder / f"index-{collection.name}"
    if not db.exists():
        support.index(db, collection.records)
    run = {}
    with support.Daemon(db) as daemon:
        for question in collection.questions:
            params = {**question["params"], **changed}
            result = daemon.call("search", **params, limit=DEEPEST, snippets=0)
            run[question["id"]] = [hit["id"] for hit in result["hits"]]
    return run


def run_references(collection, folder):
    questions = folder / f"questions-{collection.name}.jsonl"
    with open(questions, "w", encoding="utf-8") as file:
        for question in collection.questions:
            file.write(json.dumps({"id": question["id"], "q": question["params"]["q"]}) + "\n")
    asked = [f"{name}={parameters}" for name, parameters in PARAMETERS.items()]
    said = subprocess.run([support.BUILD / "tests" / "relevance_reference", collection.records, questions, *asked],
                          check=True, capture_output=True, text=True, timeout=600).stdout
    runs = {name: {question["id"]: [] for question in collection.questions} for name in PARAMETERS}
    for line in said.splitlines():
        name, question, _, document = line.split(" ", 3)
        runs[name][question].append(document)
    return runs


# ---- measures, of one question ----

def discounted(grades):
    return sum(grade / math.log2(rank + 1) for rank, grade in enumerate(grades, 1))


def ndcg10(found, relevant):
    """With linear gain, as trec_eval has it (Järvelin and Kekäläinen 2002)."""
    best = sorted(relevant.values(), reverse=True)[:10]
    return discounted([relevant.get(document, 0) for document in found[:10]]) / discounted(best)


def average_precision(found, relevant):
    hits = total = 0
    for rank, document in enumerate(found, 1):
        if document in relevant:
            hits += 1
            total += hits / rank
    return total / len(relevant)


def measure(run, collection):
    """The mean over the questions that have an answer."""
    sums = collections.Counter()
    asked = [question for question in collection.questions if any(question["relevant"].values())]
    for question in asked:
        found = run[question["id"]]
        relevant = {document: grade for document, grade in question["relevant"].items() if grade > 0}
        sums["ndcg10"] += ndcg10(found, relevant)
        sums["map"] += average_precision(found, relevant)
        sums["recall100"] += len(relevant.keys() & set(found[:100])) / len(relevant)
        sums["p5"] += len(relevant.keys() & set(found[:5])) / 5
    return {name: sums[name] / len(asked) for name in MEASURES}


def measure_all(collection, folder):
    """{name of the run: measures}, the references first."""
    runs = {REFERENCES[name]: run for name, run in run_references(collection, folder).items()}
    if collection.name == "register":
        runs[TYPED] = run_ours(collection, folder)
    runs[ANY] = run_ours(collection, folder, match="any")
    return {name: measure(run, collection) for name, run in runs.items()}


def main():
    print("| collection | ranking | nDCG@10 | MAP | recall@100 | P@5 |\n| --- | --- | ---: | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory(prefix="relevance-") as name:
        folder = pathlib.Path(name)
        for collection in (judged("cranfield", folder), judged("cisi", folder), register(folder)):
            for ranking, measured in measure_all(collection, folder).items():
                print(f"| {collection.name} | {ranking} | "
                      + " | ".join(f"{measured[measure]:.4f}" for measure in MEASURES) + " |", flush=True)


if __name__ == "__main__":
    main()
