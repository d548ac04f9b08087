/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stands around every page: head, header, search box, footer. */
#include "daemon/web/page.h"

#include <string.h>

#define SOURCE_URL "https://digital.nhs.uk/services/data-access-request-service-dars/data-uses-register"
#define LICENCE_URL "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"

static const char SITE[] = "Data release register";

static void put_choice(struct buf *to, const char *value, const char *label, bool is_now)
{
    html_put(to, "<option value=\"%t\"%h>%t</option>", value, is_now ? " selected" : "", label);
}

/* Where and how to look: what few need, and nobody should have to learn a language for. */
static void put_ways(struct buf *to, const struct state *state)
{
    const struct field *const *parts = field_parts();
    const char *part = state && state->part ? state->part : "";
    buf_text(
        to,
        "<details class=\"more-ways\" id=\"ways\"><summary>More ways to search</summary>\n<div class=\"two\">"
        "<label>Where to look <select name=\"part\"><option value=\"\">Everywhere</option>");
    for (size_t i = 0; i < FIELD_PART_COUNT; i++)
        put_choice(to, parts[i]->name, parts[i]->label, strcmp(part, parts[i]->name) == 0);
    put_choice(to, "benefits", "Benefits, expected or yielded", strcmp(part, "benefits") == 0);
    html_put(to,
             "</select></label><label>Words <select name=\"match\"><option value=\"\">All of them</option>"
             "<option value=\"any\"%h>Any of them</option></select></label></div>\n",
             state && state->any ? " selected" : "");
    html_put(
        to,
        "<label class=\"check\"><input type=\"checkbox\" name=\"newest_version\" value=\"1\"%h> Only the "
        "newest "
        "version of each agreement</label>"
        "<label class=\"check\"><input type=\"checkbox\" name=\"history\" value=\"1\"%h> Also texts of older "
        "editions</label>\n<p class=\"plain\">Words in \xE2\x80\x9Cquotation marks\xE2\x80\x9D are looked "
        "for as "
        "a phrase. <a href=\"/about#ask\">All that can be typed</a></p></details>\n",
        state && state->newest_version ? " checked" : "", state && state->history ? " checked" : "");
}

void search_box_put(struct buf *to, const struct state *state, bool is_large)
{
    const char *id = is_large ? "search search-large" : "search";
    html_put(to,
             "<form class=\"%t\" id=\"search\" role=\"search\" action=\"/\" method=\"get\">\n"
             "<label for=\"q\"%h>What would you like to know?</label>\n"
             "<div class=\"search-row\"><div class=\"search-box\">"
             "<input id=\"q\" name=\"q\" type=\"search\" value=\"%t\" autocomplete=\"off\" "
             "autocapitalize=\"off\" enterkeyhint=\"search\" dir=\"auto\"></div>"
             "<button type=\"submit\">Search</button></div>\n",
             id, is_large ? "" : " class=\"hidden\"", state ? state->q : "");
    put_ways(to, state);
    buf_text(to, "<div id=\"carried\" hidden>");
    if (state && state_is_search(state))
        state_hidden(to, state, false);
    buf_text(to, "</div></form>\n");
}

static void put_head(struct buf *to, const struct shell *shell, const char *base)
{
    bool has_title = shell->title && *shell->title;
    html_put(to,
             "<!doctype html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n"
             "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
             "<meta name=\"color-scheme\" content=\"light dark\">\n<title>%t%h%t</title>\n",
             shell->title, has_title ? " \xE2\x80\x93 " : "", SITE);
    html_put(
        to,
        "<meta name=\"description\" content=\"%t\">\n<meta property=\"og:site_name\" content=\"%t\">\n"
        "<meta property=\"og:type\" content=\"website\">\n<meta name=\"twitter:card\" content=\"summary\">\n"
        "<meta property=\"og:title\" content=\"%t\">\n"
        "<meta property=\"og:description\" content=\"%t\">\n",
        shell->description, SITE, has_title ? shell->title : SITE, shell->description);
    if (shell->path)
        html_put(to, "<link rel=\"canonical\" href=\"%t%h\">\n<meta property=\"og:url\" content=\"%t%h\">\n",
                 base, shell->path, base, shell->path);
    if (shell->feed)
        html_put(to,
                 "<link rel=\"alternate\" type=\"application/atom+xml\" title=\"This search\" href=\"%h\">\n",
                 shell->feed);
    buf_text(to, "<link rel=\"search\" type=\"application/opensearchdescription+xml\" title=\"Data release "
                 "register\" href=\"/opensearch.xml\">\n"
                 "<link rel=\"icon\" href=\"/assets/icon.svg\" type=\"image/svg+xml\">\n"
                 "<link rel=\"stylesheet\" href=\"/assets/page.css\">\n"
                 "<script src=\"/assets/page.js\" defer></script>\n</head>\n");
}

void shell_open(struct buf *to, const struct shell *shell, const char *base, const struct state *state)
{
    put_head(to, shell, base);
    buf_text(to,
             "<body>\n<a class=\"skip\" href=\"#main\">Skip to the content</a>\n<header class=\"top\">"
             "<div class=\"wide\">\n<a class=\"brand\" href=\"/\"><svg viewBox=\"0 0 32 32\" width=\"32\" "
             "height=\"32\" aria-hidden=\"true\"><path d=\"M5 4h15l7 7v17H5z\"/><path class=\"lines\" "
             "d=\"M10 13h12M10 18h12M10 23h7\"/></svg><span><span class=\"long\">Data release "
             "</span>register</span></a>\n"
             "<nav aria-label=\"Site\"><a href=\"/changes\">Changes</a>"
             "<a href=\"/about\">About</a></nav>\n");
    if (state)
        search_box_put(to, state, false);
    html_put(to,
             "</div></header>\n<p id=\"status\" role=\"status\" class=\"wide\"></p>\n"
             "<main id=\"main\" class=\"wide\" tabindex=\"-1\"%h>\n",
             shell->is_passing ? " data-again" : "");
}

void shell_close(struct buf *to)
{
    buf_text(
        to,
        "</main>\n<footer class=\"bottom\"><div class=\"wide\">\n<p>Contains information from NHS England, "
        "licensed under the <a href=\"" LICENCE_URL "\">Open Government Licence v3.0</a>. This is not "
        "NHS England\xE2\x80\x99s own page: the <a href=\"" SOURCE_URL "\">register</a> it publishes is "
        "the source.</p>\n<p><a href=\"/about\">About this service</a> \xC2\xB7 "
        "<a href=\"/openapi.json\">For programs</a></p>\n</div></footer>\n</body>\n</html>\n");
}

void web_problem_put(const struct web_page *page, int status, const char *detail, struct buf *to)
{
    bool is_passing = status == 503 || status == 429;
    const char *title = status == 404                    ? "There is nothing here"
                        : status == 414 || status == 431 ? "That is too long to look for"
                        : is_passing                     ? "Just a moment"
                        : status >= 500                  ? "Something went wrong"
                                                         : "That could not be understood";
    const char *hint = is_passing
                           ? "The register is busy or just being brought up to date. Please try again in a "
                             "moment: what you asked is still in the address."
                       : status == 414 || status == 431
                           ? "Go back, where your text still stands, and look for a shorter piece of it."
                           : "You can go back, or begin a new search above.";
    /* What could not be understood may be anything but the words. */
    const struct state words = {.q = page ? page->state.q : (char *)""};
    struct shell shell = {.title = title, .description = title, .is_passing = is_passing};
    shell_open(to, &shell, "", page && is_passing ? &page->state : &words);
    html_put(to, "<div class=\"narrow\"><h1>%t</h1>\n<p class=\"lead said\">%b.</p>\n<p>%t</p>\n", title,
             detail, hint);
    buf_text(to, "<p><a href=\"/\">To the start page</a></p></div>\n");
    shell_close(to);
}
