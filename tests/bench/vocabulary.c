/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/bench/vocabulary.h"

#define LIST(name, ...)                                                                                      \
    static const char *const name##_items[] = {__VA_ARGS__};                                                 \
    const struct wordlist name = {name##_items, sizeof name##_items / sizeof *name##_items}

const struct topic TOPICS[TOPIC_COUNT] = {
    {{"frailty", "score", "cohort", "predictive", "admission", "intervention", "matron", "forecast"},
     {"risk stratification", "predictive model", "unplanned admission", "patients at risk"}},
    {{"invoice", "payment", "tariff", "charge", "reconciliation", "budget", "challenge", "ledger"},
     {"invoice validation", "payment by results", "responsible commissioner", "non contracted activity"}},
    {{"cancer", "tumour", "chemotherapy", "survival", "staging", "oncology", "screening", "biopsy"},
     {"cancer waiting times", "stage at diagnosis", "survival analysis", "national cancer audit"}},
    {{"stroke", "cardiac", "vascular", "hypertension", "thrombosis", "rehabilitation", "arrhythmia",
      "statin"},
     {"heart failure", "secondary prevention", "stroke unit", "cardiac rehabilitation"}},
    {{"maternity", "birth", "neonatal", "midwife", "pregnancy", "caesarean", "gestation", "antenatal"},
     {"maternity services", "still birth", "low birth weight", "antenatal screening"}},
    {{"dementia", "psychosis", "depression", "therapist", "anxiety", "crisis", "counselling", "recovery"},
     {"mental health", "talking therapies", "crisis resolution", "severe mental illness"}},
    {{"diabetes", "insulin", "glucose", "retinopathy", "obesity", "metabolic", "podiatry", "nephropathy"},
     {"diabetic foot", "blood glucose", "type two diabetes", "retinal screening"}},
    {{"mortality", "death", "coroner", "survivorship", "palliative", "hospice", "bereavement", "certificate"},
     {"cause of death", "mortality rate", "end of life", "avoidable deaths"}},
    {{"emergency", "ambulance", "triage", "trauma", "casualty", "dispatch", "paramedic", "overcrowding"},
     {"urgent care", "emergency department", "ambulance response", "four hour standard"}},
    {{"surgery", "implant", "orthopaedic", "anaesthetic", "theatre", "revision", "fracture", "arthroplasty"},
     {"hip replacement", "elective surgery", "day case", "length of stay"}},
    {{"vaccine", "infection", "antibiotic", "outbreak", "immunity", "pathogen", "sepsis", "surveillance"},
     {"infection control", "vaccine uptake", "antimicrobial resistance", "public health surveillance"}},
    {{"trial", "recruitment", "consent", "follow", "randomised", "participant", "protocol", "endpoint"},
     {"clinical trial", "informed consent", "long term follow up", "primary endpoint"}},
    {{"deprivation", "inequality", "ethnicity", "neighbourhood", "housing", "poverty", "migrant", "rurality"},
     {"health inequalities", "index of deprivation", "protected characteristics", "access to services"}},
    {{"benchmark", "dashboard", "comparator", "indicator", "league", "variation", "percentile", "subscriber"},
     {"benchmarking tool", "peer group", "quality indicator", "unwarranted variation"}},
    {{"prescribing", "medicine", "pharmacy", "dosage", "formulary", "opioid", "dispensing", "adherence"},
     {"medicines optimisation", "adverse drug reaction", "repeat prescription", "community pharmacy"}},
    {{"child", "adolescent", "school", "paediatric", "safeguarding", "autism", "vaccination", "guardian"},
     {"children and young people", "looked after children", "school nursing", "special needs"}},
    {{"fall", "carer", "homecare", "residential", "discharge", "reablement", "ageing", "mobility"},
     {"social care", "delayed transfer", "care home", "older people"}},
    {{"imaging", "radiology", "scanner", "ultrasound", "tomography", "radiographer", "contrast", "referral"},
     {"diagnostic imaging", "test request", "reporting time", "magnetic resonance"}},
    {{"respiratory", "asthma", "spirometry", "oxygen", "smoking", "pneumonia", "inhaler", "winter"},
     {"chronic obstructive", "winter pressure", "smoking cessation", "lung function"}},
    {{"workforce", "rota", "vacancy", "staffing", "training", "deanery", "retention", "locum"},
     {"workforce planning", "safe staffing", "training programme", "skill mix"}},
    {{"contract", "procurement", "pathway", "provider", "commissioning", "outcome", "capitation",
      "integration"},
     {"commissioning intentions", "contract monitoring", "integrated care", "service redesign"}},
    {{"simulation", "algorithm", "regression", "bayesian", "covariate", "machine", "imputation",
      "validation"},
     {"machine learning", "regression model", "natural language", "missing data"}},
    {{"kidney", "dialysis", "transplant", "donor", "renal", "urology", "liver", "hepatitis"},
     {"renal replacement", "organ donation", "transplant waiting list", "kidney disease"}},
    {{"device", "registry", "safety", "recall", "manufacturer", "incident", "pacemaker", "licence"},
     {"device registry", "patient safety", "post market", "serious incident"}},
};

LIST(NOUNS, "patient", "data", "record", "service", "care", "hospital", "analysis", "report", "period",
     "agreement", "practice", "population", "treatment", "system", "activity", "researcher", "team", "output",
     "number", "table", "condition", "outcome", "year", "need", "plan", "commissioner", "provider", "access",
     "project", "programme", "person", "staff", "server", "key", "linkage", "extract", "episode", "clinician",
     "region", "question", "method", "benefit", "board", "group", "model", "cost", "decision", "evidence",
     "quality", "improvement", "attendance", "appointment", "referral", "diagnosis", "procedure", "age",
     "area", "rate", "trend", "measure", "registration", "network", "sample", "variable", "field", "file",
     "code", "set", "policy", "standard", "review", "audit", "publication", "paper", "committee", "member",
     "student", "university", "trust", "council", "charity", "partner", "processor", "controller", "contract",
     "role", "account", "password", "laptop", "backup", "archive", "copy", "retention", "destruction",
     "certificate", "approval", "condition", "law", "duty", "objection", "right", "notice", "leaflet",
     "website", "meeting", "workshop", "panel", "volunteer", "carer", "family", "household", "town",
     "village", "coast", "ward", "bed", "clinic", "surgery", "visit", "journey", "wait", "list", "target",
     "saving", "investment", "fund", "grant", "thesis", "journal", "conference", "map", "chart", "picture",
     "summary", "appendix", "score", "band", "quarter", "month", "week", "day", "hour", "delay", "gap",
     "barrier", "change", "effect", "exposure", "factor", "cause", "burden", "estimate", "interval", "bias",
     "error", "cell", "count", "total");

LIST(VERBS, "compare", "describe", "plan", "measure", "understand", "improve", "estimate", "monitor",
     "support", "publish", "identify", "reduce", "evaluate", "link", "provide", "receive", "store", "analyse",
     "report", "share", "explain", "predict", "target", "commission", "review", "test", "validate", "count",
     "follow", "examine", "assess", "detect", "prevent", "inform", "design", "deliver", "manage", "allocate",
     "prioritise", "adjust", "aggregate", "suppress", "remove", "replace", "derive", "calculate", "summarise",
     "present", "discuss", "agree", "approve", "question", "check", "correct", "protect", "encrypt",
     "destroy", "retain", "transfer", "restrict", "observe", "record", "map", "cost", "fund", "train",
     "recruit", "advise", "recommend", "anticipate", "shorten", "widen", "coordinate", "balance", "extend",
     "refine", "repeat", "simulate", "weigh", "draft");

LIST(ADJECTIVES, "local", "national", "annual", "clinical", "secure", "relevant", "regional", "aggregate",
     "monthly", "independent", "public", "better", "new", "common", "specific", "effective", "timely",
     "routine", "early", "late", "rural", "urban", "older", "younger", "acute", "chronic", "complex",
     "simple", "planned", "avoidable", "small", "large", "single", "joint", "shared", "existing",
     "additional", "detailed", "robust", "transparent", "accurate", "complete", "partial", "linked",
     "historic", "current", "future", "seasonal", "weekly", "quarterly", "internal", "external", "academic",
     "statistical", "practical", "ethical", "legal", "financial", "operational", "strategic", "vulnerable",
     "diverse", "comparable", "reliable", "novel", "preliminary", "final", "minimal", "proportionate",
     "anonymous", "encrypted", "dedicated", "named", "senior", "trained", "responsible", "suitable",
     "measurable");

LIST(PROVISIONS, "section 251", "section 261", "s261(2)(b)(ii)", "section 259", "s.251", "article 6(1)(e)",
     "article 9(2)(j)", "regulation 5", "regulation 3(4)", "section 42(4)", "section 13Z1", "article 89");

LIST(
    SENTENCES, "The data will be used by %O to %V %A %T and to %V the %N of each %N in the %A area.",
    "In order to %V the %N for %P, the %N team at %O needs %A data on %N, %N and %T.",
    "Access to the data is restricted to substantive employees of %O who have been trained in data "
    "protection and "
    "confidentiality.",
    "The purpose of the processing is to %V %P across the %A %N, so that %N and %N can be planned on "
    "evidence.",
    "Each %N is given a pseudonym before the %D reaches %O, and no attempt will be made to %V any %N.",
    "Results are shown as %A tables with small numbers suppressed in line with the analysis guide of the "
    "data set "
    "concerned.",
    "%O will %V %T by %N and %N, and will %V the %A %N to the %N at the end of the %N.",
    "This %N builds on the %R study, which showed that %A %T can %V %N among %A patients.",
    "The %D is linked with the %D by a key that is destroyed once the %N is done.",
    "For the %N of %P the record level data will be kept on a %A server in England for no longer than %# "
    "months.",
    "Members of the public were asked about %T at a %N in %R, and their views changed the %N of the %N.",
    "It is expected that within %# years of the %N, %A %N will be able to %V %T and %P more %A than before.",
    "There will be no data linkage undertaken with the data provided under this agreement that is not "
    "already noted "
    "in the agreement.",
    "The %N, known as %R, will %V %# %N each %N and %V them against the %A %N.",
    "Commissioners use the %N to %V %P, to %V %A %N and to decide where %N should be spent.",
    "%O relies on %S for the %N, and the %N of the %N is reviewed every %N.",
    "The benefits to health and social care include %A %T, a lower %N of %N, and %A %N for the people of %R.",
    "A paper on %P has been submitted to a %A journal, and a summary of it stands on the %N of %O.",
    "Where %T is recorded in the %D, the %N will %V it by %N, by %N and by %A %N.",
    "The processor acts on the instructions of %O only and may not %V the %N for any %N of its own.",
    "Data are received through a %A portal, checked against the %N, and loaded into the %R %N within %# "
    "days.",
    "An earlier %N of this work helped %# practices to %V %T, and %V their %N by %# per cent.",
    "Patients with %T will gain from %P that is %A, since the %N can %V the %N sooner.",
    "The %A %N of %T differs from one %N to the next; why it does so is the %N of this work.",
    "Reports on %P are sent to the %N once a %N and discussed with %A clinicians from %R and elsewhere.",
    "No data will be shared with any third party, and all outputs contain only data that is aggregated with "
    "small "
    "numbers suppressed.",
    "Objections of patients are upheld before the %D leaves the %N, and %S does not alter this.",
    "Without the data %O could not %V %T, and the %N of %P would rest on %A guesses.",
    "Staff of %O reach the %N by two keys, one of them a %N, and each %N is written to a log that is read "
    "every %N.",
    "The %N compares %T in %R with %T in %# other places of like %N and %A %N.",
    "%P is one of the %A priorities of the %N, and the %N will %V how far it has come.",
    "To %V %P the %A %N looks at %T, %N, %T and %N over %# years, adjusting for %N and %A %N.",
    "The %R %N has been told of the %N and has %A questions about the %N of %P.",
    "A %A %N of %T, set beside %T in the %D, lets the %N %V which %N should come first.",
    "The data requested is limited to those with a %N of %T, to the fields that the %N needs, and to %# "
    "years.",
    "Only %A employees will have access to the data and only for the purposes described in this agreement.",
    "In year %# the %N will %V its %N and, if %P has not become more %A, will %V the %N again.",
    "Dr %R and Professor %R of %O lead the work on %P and answer for its %N.",
    "%O will %V the %N under %S where %T is concerned and for nothing else.",
    "Savings of %# thousand pounds a %N were found when %P was looked at by %N and not by %N.",
    "The %N is stored in a data centre in %R that meets the %A standard for %N and %N.",
    "Findings about %T will be taken to the %N of %O, to %A charities and to people who live with it.",
    "A %N for %T was drawn up by the %R group; it will %V %N, %N and %P for each %A %N.",
    "Identifiers are removed on arrival, and what remains cannot %V a %N without the key, which %O does not "
    "hold.");

LIST(COMMON_PHRASES, "access to the data", "the data will be used", "the purpose of the processing",
     "end of the", "small numbers suppressed", "data protection and confidentiality", "in the area",
     "for the people of", "record level data", "health and social care");

LIST(LEGAL_BASES, "Health and Social Care Act 2012 > s261 > s261(2)(b)(ii)",
     "Health and Social Care Act 2012 > s261 > s261(1)", "National Health Service Act 2006 > s251",
     "Health and Social Care Act 2012 > s261", "Health and Social Care Act 2012 > s261 > s261(7)",
     "Health and Social Care Act 2012 > s261 > s261(5)(d)", "Health and Social Care Act 2012",
     "UK GDPR > art 6 > art 6(1)(e)", "UK GDPR > art 9 > art 9(2)(j)",
     "Health Service (Control of Patient Information) Regulations 2002 > reg 3 > reg 3(4)",
     "Consent > Informed", "Health Service (Control of Patient Information) Regulations 2002 > reg 5",
     "UK GDPR > art 9 > art 9(2)(h)", "Statistics and Registration Service Act 2007 > s42 > s42(4)",
     "Consent > Reasonable Expectation", "Health and Social Care Act 2012 > s261 > s261(2)(c)",
     "Statistics and Registration Service Act 2007 > s45", "Health and Social Care Act 2012 > s256",
     "Health and Social Care Act 2012 > s254", "Health Act 2009 > s36",
     "Health and Social Care Act 2012 > s261 > s261(4)", "National Audit Act 1983", "Care Act 2014 > s122",
     "Statistics and Registration Service Act 2007 > s39 > s39(4)(i)", "Digital Economy Act 2017",
     "National Health Service Act 2006 > s13 > s13Z", "National Health Service Act 2006 > s14",
     "UK GDPR > art 89");

LIST(OPT_OUTS, "No > data flow is not identifiable", "Yes > patient objections upheld", "No",
     "No > consent is in place", "Yes", "No > statutory exemption", "No > flow is aggregate",
     "No > objections do not apply");
LIST(IDENTIFIABILITIES, "Anonymised - ICO Code Compliant", "Identifiable", "Pseudonymised", "Aggregated");
LIST(DUTIES, "Does not include flow of confidential data", "Section 251 support", "Consent",
     "Statutory exemption to flow confidential data without consent", "Mandatory duty");
LIST(SENSITIVITIES, "Sensitive", "Non-Sensitive");
LIST(METHODS, "Frequent Adhoc Flow", "One-Off", "Ongoing", "System Access", "Monthly", "Quarterly");
LIST(ORGANISATION_TYPES, "Clinical Commissioning Group (CCG)", "Academic", "Provider Organisation",
     "Commercial", "Local Authority", "Research Organisation", "Charity", "Government Agency");

/* ---- by number ---- */

static const char *const onsets[] = {"b", "br", "c",  "ch", "d", "dr", "f",  "g", "gr", "h",  "k", "l", "m",
                                     "n", "p",  "pr", "r",  "s", "sk", "st", "t", "th", "tr", "v", "w"};
static const char *const rimes[] = {"a",  "al", "an", "ar", "e", "el", "em", "en", "er", "o",
                                    "ol", "om", "on", "or", "u", "ul", "um", "un", "ur", "ai"};
enum { ONSETS = sizeof onsets / sizeof *onsets, RIMES = sizeof rimes / sizeof *rimes };

/* Syllables as digits, at least two of them; "wick" at the end keeps words of the lists out of their way. */
void vocabulary_rare_word(struct buf *to, uint32_t number)
{
    uint32_t rest = number;
    for (int syllable = 0; syllable < 2 || rest > 0; syllable++) {
        buf_text(to, onsets[rest % ONSETS]);
        rest /= ONSETS;
        buf_text(to, rimes[rest % RIMES]);
        rest /= RIMES;
    }
    buf_text(to, "wick");
}

static void capitalised_word(struct buf *to, uint32_t number)
{
    size_t start = to->len;
    vocabulary_rare_word(to, number);
    if (!buf_failed(to))
        to->data[start] = (char)(to->data[start] - 'a' + 'A');
}

static const struct {
    const char *before, *after;
} organisations[] = {
    {"NHS ", " Integrated Care Board"},
    {"University of ", ""},
    {"", " Hospitals NHS Foundation Trust"},
    {"NHS ", " Commissioning Group"},
    {"", " Analytics Limited"},
    {"", " County Council"},
    {"", " Research Institute"},
    {"Royal Society of ", " Care"},
    {"Office of ", " Statistics"},
};
enum { ORGANISATION_FORMS = sizeof organisations / sizeof *organisations };

void vocabulary_organisation(struct buf *to, uint32_t number)
{
    uint32_t form = number % ORGANISATION_FORMS;
    buf_text(to, organisations[form].before);
    capitalised_word(to, number * 7 + 3);
    buf_text(to, organisations[form].after);
}

static const char *const data_sets[] = {
    "Episode Statistics - Admitted Patient Care",
    "Community Services Data Set",
    "Waiting Times Data Set",
    "Registrations of Death",
    "Emergency Care Data Set",
    "Medicines Data Set",
    "Patient Index",
};
enum { DATA_SET_FORMS = sizeof data_sets / sizeof *data_sets };

void vocabulary_data_set(struct buf *to, uint32_t number)
{
    if (number >= DATA_SET_FORMS) {
        capitalised_word(to, number / DATA_SET_FORMS + 7000);
        buf_byte(to, ' ');
    }
    buf_text(to, data_sets[number % DATA_SET_FORMS]);
}
