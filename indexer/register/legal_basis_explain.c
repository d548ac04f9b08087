/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Provisions in plain words, ours; what they mean follows the register's own sheet of explanations. */
#include <stdlib.h>
#include <string.h>

#include "indexer/base/mem.h"
#include "indexer/register/field.h"
#include "indexer/register/legal_basis.h"
#include "indexer/register/legal_basis_grammar.h"

#define LEVEL FIELD_PATH_SEPARATOR

static const struct {
    const char *path, *words;
} explanations[] = {
    {LEGAL_HSCA, "The Act under which NHS Digital, now NHS England, collects and gives out data"},
    {LEGAL_HSCA LEVEL "s261", "Giving data out; cited by itself: pseudonymised data, in the public interest"},
    {LEGAL_HSCA LEVEL "s261" LEVEL "s261(1)", "The general power to give out data that was collected"},
    {LEGAL_HSCA LEVEL "s261" LEVEL "s261(2)(b)(ii)",
     "Pseudonymised data, given out because that is in the public interest"},
    {LEGAL_HSCA LEVEL "s261" LEVEL "s261(2)(c)", "The people whose data it is have agreed to the research"},
    {LEGAL_HSCA LEVEL "s261" LEVEL "s261(4)",
     "The recipient could have been given the data in the first place"},
    {LEGAL_HSCA LEVEL "s261" LEVEL "s261(5)(d)",
     "The recipient needs the data for a task that a law gives it"},
    {LEGAL_HSCA LEVEL "s261" LEVEL "s261(7)",
     "Confidentiality set aside with support under section 251 of the NHS Act 2006"},
    {LEGAL_NHS_ACT, "The Act that sets up the NHS; its section 251 lets confidentiality be set aside"},
    {LEGAL_NHS_ACT LEVEL "s251", "Confidentiality set aside: patient data used without asking each patient"},
    {LEGAL_COPI, "The rules made under section 251; during Covid-19, notices under them"},
    {LEGAL_COPI LEVEL "reg 2", "Confidential data for the diagnosis and study of cancer"},
    {LEGAL_COPI LEVEL "reg 3", "Confidential data for public health and against communicable disease"},
    {LEGAL_COPI LEVEL "reg 3" LEVEL "reg 3(4)",
     "A notice of the Secretary of State orders the data to be shared, as for Covid-19"},
    {LEGAL_COPI LEVEL "reg 5",
     "Confidential data for approved medical purposes, with support under section 251"},
    {LEGAL_SRSA, "The Act on official statistics and the registers of births and deaths"},
    {LEGAL_SRSA LEVEL "s39", "Research by people whom the Office for National Statistics has accredited"},
    {LEGAL_SRSA LEVEL "s42", "Data from the registers of births and deaths"},
    {LEGAL_SRSA LEVEL "s42" LEVEL "s42(4)",
     "Data from the registers of births and deaths, to manage those registers"},
    {LEGAL_SRSA LEVEL "s45c", "The Office for National Statistics requires the data for official statistics"},
    {"Health Act 2009 > s36", "Data that helps to collect tax from staff and contractors of the NHS"},
    {"Data Protection Act 2018", "The Act that goes with the UK GDPR"},
    {LEGAL_GDPR, "The law on the protection of personal data"},
    {LEGAL_GDPR LEVEL "art 6", "Which reasons allow personal data to be used"},
    {LEGAL_GDPR LEVEL "art 6" LEVEL "art 6(1)(a)", "The person has agreed"},
    {LEGAL_GDPR LEVEL "art 6" LEVEL "art 6(1)(c)", "A law requires it"},
    {LEGAL_GDPR LEVEL "art 6" LEVEL "art 6(1)(e)", "A task in the public interest or of an authority"},
    {LEGAL_GDPR LEVEL "art 6" LEVEL "art 6(1)(f)", "Legitimate interests of the user of the data"},
    {LEGAL_GDPR LEVEL "art 9", "Which reasons allow data on health and the like to be used"},
    {LEGAL_GDPR LEVEL "art 9" LEVEL "art 9(2)(a)",
     "The person has agreed expressly to the use of data on health"},
    {LEGAL_GDPR LEVEL "art 9" LEVEL "art 9(2)(h)", "Health care and its management"},
    {LEGAL_GDPR LEVEL "art 9" LEVEL "art 9(2)(i)", "Public health"},
    {LEGAL_GDPR LEVEL "art 9" LEVEL "art 9(2)(j)", "Research, statistics and archives"},
    {"NHS England De-Identified Data Analytics and Publication Directions 2023",
     "NHS England is directed to analyse and publish data that does not identify people"},
    {"Consent", "The people whose data it is have agreed"},
    {"Consent > Reasonable Expectation", "People agreed, and would expect this use of their data"},
};

/* Length of the path without its last level; 0 where that was the only one. */
static size_t level_above(const char *path, size_t len)
{
    size_t separator = strlen(FIELD_PATH_SEPARATOR);
    while (len > 0) {
        len--;
        if (strncmp(path + len, FIELD_PATH_SEPARATOR, separator) == 0)
            return len;
    }
    return 0;
}

const char *legal_basis_explain(const char *path)
{
    for (size_t len = strlen(path); len > 0; len = level_above(path, len))
        for (size_t i = 0; i < sizeof explanations / sizeof *explanations; i++)
            if (strlen(explanations[i].path) == len && strncmp(explanations[i].path, path, len) == 0)
                return explanations[i].words;
    return NULL;
}
