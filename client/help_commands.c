/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What each command's help says. The agreements named in examples are of the register in tests/register. */
#include "client/help.h"

#define EXIT_FOUND_TEXT "Exit status: 0 something found, 1 nothing found, 2 an error.\n\n"

const struct help_command help_commands[COMMAND_COUNT] = {
    [COMMAND_SEARCH] = {"search", "[search] [OPTION]... [QUERY...]",
                        "find agreements; also without the word \"search\"",
                        "The query's words are joined by spaces and handed on as they are; purpose help\n"
                        "query says what they may be. The shell takes quotes away, so those of a phrase\n"
                        "need quotes around them. Without a query the filters alone decide. A word that\n"
                        "begins with a minus stands after -- (or write NOT).\n"
                        "\n"
                        "--csv and --tsv put an apostrophe before a field that starts with = + - @ tab\n"
                        "or a line's end, so that no spreadsheet takes it for a formula.\n"
                        "\n" EXIT_FOUND_TEXT "Examples:\n"
                        "  purpose risk stratification                    both words, in any form\n"
                        "  purpose '\"risk stratification\"'                the phrase\n"
                        "  purpose search show                            the word \"show\"\n"
                        "  purpose -- risk -invoice                       without \"invoice\"\n"
                        "  purpose --fold '\"risk stratification\"'         each distinct text once\n"
                        "  purpose --part objectives planning             by aim\n"
                        "  purpose --newest cancer year:2018..2020        in force then, newest versions\n"
                        "  purpose --history admitted since:2021-02       new since then, older texts too\n"
                        "  purpose --explain --snippets 3 asthma smoke    why, and where else\n"
                        "  purpose --any falls wheeze                     one of the words is enough\n"
                        "  purpose -f legal_basis=s251 -f legal_basis=s261 --facet opt_outs cancer\n"
                        "  purpose -f start=2019-01-01..2020 -f organisation='NHS FERNSHIRE CCG'\n"
                        "  purpose --csv -n 1000 asthma > asthma.csv\n"},
    [COMMAND_SHOW] = {"show", "show [OPTION]... ID", "one agreement in full",
                      "ID is a reference, or an agreement without its version: then the newest one.\n"
                      "\n"
                      "Exit status: 0 shown, 1 there is no such agreement, 2 an error.\n"
                      "\n"
                      "Examples:\n"
                      "  purpose show DARS-NIC-410021-F7K2P-v2.0\n"
                      "  purpose show --edition 2021-02 NIC-410377-Q1D8M\n"
                      "  purpose show --json NIC-410377-Q1D8M\n"},
    [COMMAND_FACETS] = {"facets", "facets [OPTION]... NAME [QUERY...]",
                        "the values of a facet with their counts",
                        "NAME is one of those that purpose schema lists. With a query or filters only\n"
                        "what they find is counted.\n"
                        "\n"
                        "Exit status: 0 there are values, 1 there are none, 2 an error.\n"
                        "\n"
                        "Examples:\n"
                        "  purpose facets organisation -n 50\n"
                        "  purpose facets dataset --contains death\n"
                        "  purpose facets controller cancer\n"
                        "  purpose facets organisation --any --history hospital audit\n"
                        "  purpose facets legal_basis --parent 'Health and Social Care Act 2012'\n"
                        "  purpose facets legal_basis --parent 'Health and Social Care Act 2012 > s261'\n"},
    [COMMAND_SIMILAR] = {"similar", "similar [OPTION]... ID", "the agreements most like one",
                         "Copies of its text are left out; --copies lists those instead: the agreements\n"
                         "whose parts (--part, else all of them) are the same but for white space.\n"
                         "\n" EXIT_FOUND_TEXT "Examples:\n"
                         "  purpose similar NIC-410377-Q1D8M\n"
                         "  purpose similar --part outputs -f in_force=2020 -n 3 NIC-410377-Q1D8M\n"
                         "  purpose similar --copies --part expected_benefits NIC-410377-Q1D8M\n"},
    [COMMAND_COMPARE] = {"compare", "compare [OPTION]... ID ID", "how one text differs from another",
                         "Each ID is a reference, or an agreement without its version: then the newest\n"
                         "one. ID@YYYY-MM is the text that it had in that edition. What only the first\n"
                         "text has is shown as [-words-], what only the second has as {+words+}; white\n"
                         "space does not count. Long runs of words that both have are cut: see --full.\n"
                         "\n"
                         "Exit status: 0 compared, whether they differ or not; 1 there is no such\n"
                         "agreement or edition of it; 2 an error.\n"
                         "\n"
                         "Examples:\n"
                         "  purpose compare NIC-410377-Q1D8M NIC-410503-N4R6L\n"
                         "  purpose compare NIC-410377-Q1D8M@2019-11 NIC-410377-Q1D8M\n"
                         "  purpose compare --full DARS-NIC-410021-F7K2P-v1.2 DARS-NIC-410021-F7K2P-v2.0\n"},
    [COMMAND_SUGGEST] = {"suggest", "suggest [OPTION]... TEXT...", "what a text one has begun may become",
                         "Words, phrases, organisations, data sets and provisions that begin so, each\n"
                         "with its kind and with how many agreements have it.\n"
                         "\n" EXIT_FOUND_TEXT "Examples:\n"
                         "  purpose suggest strat\n"
                         "  purpose suggest -n 5 risk st\n"},
    [COMMAND_CHANGES] = {"changes", "changes [OPTION]...", "what changed from one edition to another",
                         "Added: in the newer edition only. Gone: in the older one only. Changed: in both,\n"
                         "with different texts. Renewed: the agreement is in both, under references that\n"
                         "differ. Gone from an edition of one period does not mean ended.\n"
                         "\n"
                         "Exit status: 0 something changed, 1 nothing changed, 2 an error.\n"
                         "\n"
                         "Examples:\n"
                         "  purpose changes\n"
                         "  purpose changes --from 2019-11 --to 2021-02\n"
                         "  purpose changes --csv > changes.csv\n"},
    [COMMAND_EXPORT] = {"export", "export [OPTION]... [QUERY...]", "every agreement that matches, whole",
                        "All records that a search finds, however many, as JSON Lines unless asked\n"
                        "otherwise. With --csv and --tsv a list is one field, its values parted by \"; \";\n"
                        "releases and sources, which have fields of their own, are JSON there. HTTP's\n"
                        "/api/export?format=csv is the same table. An export that ends before its end\n"
                        "says so and exits with 2: what it wrote is not all.\n"
                        "\n" EXIT_FOUND_TEXT "Examples:\n"
                        "  purpose export > register.jsonl\n"
                        "  purpose export --csv -f legal_basis=s251 > s251.csv\n"
                        "  purpose export --newest --sort=-start --tsv cancer | cut -f 1,4\n"},
    [COMMAND_SCHEMA] = {"schema", "schema [OPTION]...",
                        "the facets, parts and fields there are, and the acronyms known",
                        "Example:\n"
                        "  purpose schema\n"},
    [COMMAND_STATUS] = {"status", "status [OPTION]...", "how the daemon and its index are",
                        "Example:\n"
                        "  purpose status --json\n"},
    [COMMAND_MCP] = {"mcp", "mcp [OPTION]...", "a server for agents, on standard input and output",
                     "Speaks the Model Context Protocol, one message a line, for a program that starts it:\n"
                     "tools to search the register, read an agreement, list values, compare and see\n"
                     "what changed. It needs a daemon when a tool is called, not before, and goes on when\n"
                     "that is started anew. It ends with its input; what is wrong is told on stderr.\n"
                     "\n"
                     "In the settings of such a program:\n"
                     "  {\"mcpServers\": {\"register\": {\"command\": \"purpose\", \"args\": [\"mcp\"]}}}\n"
                     "\n"
                     "Exit status: 0 the input ended, 2 an error.\n"
                     "\n"
                     "Examples:\n"
                     "  purpose mcp <<< '{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}'\n"},
    [COMMAND_HELP] = {"help", "help [COMMAND|query]", "how a command is used, or what a query may be",
                      "Examples:\n"
                      "  purpose risk stratification\n"
                      "  purpose '\"risk stratification\"' -f legal_basis=s251 --facet organisation_type\n"
                      "  purpose show DARS-NIC-410021-F7K2P-v2.0\n"
                      "  purpose facets dataset\n"
                      "  purpose help search\n"
                      "  purpose help query\n"
                      "\n"
                      "Exit status: 0 something found, 1 nothing found, 2 an error.\n"},
};

const char help_query[] =
    "What a query may be. In a shell, put single quotes around it.\n"
    "\n"
    "  asthma smoke               both words, in any form; capitals do not matter\n"
    "  \"risk stratification\"      the words in this order, within one part\n"
    "  asthma OR wheeze           either; AND, OR and NOT stand in capitals\n"
    "  risk NOT invoice           without the second word; -invoice says the same\n"
    "  (asthma OR wheeze) smoke   brackets, as deep as one likes\n"
    "  hospital NEAR/5 stay       at most five words apart; NEAR alone allows ten\n"
    "  commission*                words that begin so\n"
    "\n"
    "  objectives:planning        in one part: title, objectives, benefits, expected,\n"
    "                             yielded, outputs, processing; also before a phrase\n"
    "                             or brackets\n"
    "  organisation:fernshire     a word of who receives the data\n"
    "  controller:aldermere       a word of who decides what is done with it\n"
    "  dataset:deaths             a word of a data set's name\n"
    "  legal:s251                 a provision, in any usual spelling\n"
    "  id:NIC-410377-Q1D8M        a reference; 410377 alone finds it too\n"
    "  year:2018..2020            in force in one of these years, or year:2019\n"
    "  since:2021-02              first seen or changed in this edition or later\n"
    "\n"
    "All words are wanted. Where no agreement has all of them, those with any of them\n"
    "are shown, and the answer says so (--any asks for that at once). An acronym\n"
    "finds its long form and the other way round, as far as purpose schema lists\n"
    "them; in quotes it finds itself alone. The number of a section finds all that\n"
    "lies below it: s261 finds s261(2)(b)(ii).\n"
    "\n"
    "Any text is a query. What could not be taken as it was written is told in a line\n"
    "\"Note: ...\": a quote or bracket without its partner, an operator with nothing\n"
    "beside it, a field that there is not, a prefix that is too short or begins too\n"
    "many words. \"Did you mean: ...\" offers another spelling, which is never searched\n"
    "unless you ask for it. --explain shows how a query was understood.\n"
    "\n"
    "Examples:\n"
    "  purpose '\"risk stratification\" NOT invoice'\n"
    "  purpose '(asthma OR wheeze) year:2019..2021'\n"
    "  purpose 'objectives:(cancer OR diabetes)'\n"
    "  purpose 'hospital NEAR/5 stay'\n"
    "  purpose 'legal:s261 organisation:fernshire'\n"
    "  purpose 'dataset:deaths'\n"
    "  purpose 'controller:aldermere'\n"
    "  purpose id:NIC-410377-Q1D8M\n"
    "  purpose since:2021-02\n";
